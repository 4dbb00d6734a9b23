-- name: status
-- Expression: the status of a lead, which is not stored but follows from the other tables.
CASE
  WHEN lead.fate <> 'captured' THEN lead.fate
  WHEN refined.status = 'quarantined' THEN 'quarantined'
  WHEN EXISTS (SELECT 1 FROM task WHERE task.lead = lead.n AND step IN ('refine', 'notify')
                                    AND dead_at IS NOT NULL) THEN 'dead'
  WHEN refined.lead IS NULL THEN 'waiting'
  WHEN EXISTS (SELECT 1 FROM alert WHERE alert.lead = lead.n AND step = 'notify') THEN 'alerted'
  ELSE 'refined'
END;

-- name: has_ids
-- Condition: the lead is one of these.
lead.id IN ();

-- name: has_status
-- Condition: the lead has this status.
{status} = ?;

-- name: has_one_status
-- Condition: the lead has one of these statuses.
{status} IN ();

-- name: is_lead
-- Condition: the event became a lead of its own.
lead.fate = 'captured';

-- name: has_source
-- Condition: the lead comes from this source.
lead.source = ?;

-- name: since
-- Condition: the lead was captured at this time or later, so that its row is not before all rows
-- with ids of that time, which grow with time (version 7), or with other ids; reading backwards ends
-- there. The `+` keeps SQLite from looking for the least row number from the first row on.
lead.captured_at >= ?
AND lead.n >= (SELECT min(
  (SELECT ifnull(min(+since.n), 9223372036854775807) FROM main.lead AS since WHERE since.id >= ?),
  (SELECT ifnull(min(other.n), 9223372036854775807) FROM main.lead AS other INDEXED BY lead_of_other_id
   WHERE substr(other.id, 7, 1) NOT BETWEEN x'70' AND x'7F')
));

-- name: until
-- Condition: the lead was captured before this time.
lead.captured_at < ?;

-- name: has_id_between
-- Condition: the id of the lead is between these two.
lead.id BETWEEN ? AND ?;

-- name: has_id_ending
-- Condition: the id of the lead ends with so many digits, which are these.
substr(hex(lead.id), -?) = ?;

-- name: has_words
-- Condition: the lead's name, e-mail address or company contains these words; for a lead that is
-- not refined, its raw document does. The refined document is read once for all three.
instr(
  CASE
    WHEN refined.lead IS NULL THEN
      folded((SELECT CAST(raw.raw AS TEXT) FROM raw WHERE raw.lead = lead.n))
    ELSE
      folded(json_extract(refined.head, '$.contact.name', '$.contact.email', '$.contact.company'))
  END, ?);

-- name: has_number
-- Condition: the lead's telephone number contains these digits.
instr(digits(json_extract(refined.head, '$.contact.phone')), ?)
OR instr(json_extract(refined.head, '$.contact.phone_e164'), ?);

-- name: is_of_record
-- Condition: the lead is about the record with this id.
lead.record = ?;

-- name: is_unowned
-- Condition: the lead is refined, and nobody owns it, as `model.handling.owner_of` says.
refined.status = 'refined' AND CASE
  WHEN EXISTS (SELECT 1 FROM handling WHERE handling.lead = lead.n
                                        AND json_extract(body, '$.owner') IS NOT NULL) THEN 0
  WHEN EXISTS (SELECT 1 FROM handling WHERE handling.lead = lead.n
                                        AND json_extract(body, '$.ownership') = 'unassigned') THEN 1
  ELSE coalesce(json_extract(refined.head, '$.lead_details.owner'), '')
    || coalesce(json_extract(refined.head, '$.lead_details.owner_id'), '')
    || coalesce(json_extract(refined.head, '$.lead_details.owner_email'), '') = ''
END;

-- name: has_reason
-- Condition: a task of the lead is dead for this reason.
EXISTS (SELECT 1 FROM task WHERE task.lead = lead.n AND reason = ?);

-- name: has_dead_task
-- Condition: a task of the lead is dead.
lead.n IN (SELECT lead FROM task WHERE dead_at IS NOT NULL);
