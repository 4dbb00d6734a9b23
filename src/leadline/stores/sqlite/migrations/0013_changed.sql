-- Leads that changed since the index (`index.db`) took notice of them: whatever changes them adds a
-- row here. New leads are found by their row number, so that capturing one writes nothing here.
-- Numbers are never used again: whoever takes changes off up to one takes off no later ones.
CREATE TABLE changed (
  n INTEGER PRIMARY KEY AUTOINCREMENT,
  lead INTEGER NOT NULL
) STRICT;
CREATE TRIGGER changed_by_fate AFTER UPDATE OF fate ON lead WHEN old.fate <> new.fate BEGIN
  INSERT INTO changed (lead) VALUES (new.n);
END;
CREATE TRIGGER changed_by_words AFTER UPDATE OF raw ON raw BEGIN
  INSERT INTO changed (lead) VALUES (new.lead);
END;
CREATE TRIGGER changed_by_loss_of_words AFTER DELETE ON raw BEGIN
  INSERT INTO changed (lead) VALUES (old.lead);
END;
CREATE TRIGGER changed_by_refining AFTER INSERT ON refined BEGIN
  INSERT INTO changed (lead) VALUES (new.lead);
END;
CREATE TRIGGER changed_by_refining_again AFTER UPDATE ON refined BEGIN
  INSERT INTO changed (lead) VALUES (new.lead);
END;
CREATE TRIGGER changed_by_loss_of_document AFTER DELETE ON refined BEGIN
  INSERT INTO changed (lead) VALUES (old.lead);
END;
CREATE TRIGGER changed_by_first_handling AFTER INSERT ON handling BEGIN
  INSERT INTO changed (lead) VALUES (new.lead);
END;
CREATE TRIGGER changed_by_handling AFTER UPDATE ON handling BEGIN
  INSERT INTO changed (lead) VALUES (new.lead);
END;
CREATE TRIGGER changed_by_loss_of_handling AFTER DELETE ON handling BEGIN
  INSERT INTO changed (lead) VALUES (old.lead);
END;
CREATE TRIGGER changed_by_alert AFTER INSERT ON alert WHEN new.step = 'notify' BEGIN
  INSERT INTO changed (lead) VALUES (new.lead);
END;
CREATE TRIGGER changed_by_loss_of_alert AFTER DELETE ON alert BEGIN
  INSERT INTO changed (lead) VALUES (old.lead);
END;
CREATE TRIGGER changed_by_dead_letter AFTER INSERT ON task WHEN new.dead_at IS NOT NULL BEGIN
  INSERT INTO changed (lead) VALUES (new.lead);
END;
CREATE TRIGGER changed_by_death AFTER UPDATE OF dead_at ON task
WHEN (old.dead_at IS NULL) <> (new.dead_at IS NULL) BEGIN
  INSERT INTO changed (lead) VALUES (new.lead);
END;
CREATE TRIGGER changed_by_end_of_dead_letter AFTER DELETE ON task WHEN old.dead_at IS NOT NULL BEGIN
  INSERT INTO changed (lead) VALUES (old.lead);
END;
-- Leads whose ids are not of version 7, and so do not grow with time: lists of a time go back to the
-- first of them. There are hardly any.
CREATE INDEX IF NOT EXISTS lead_of_other_id ON lead (n)
WHERE substr(id, 7, 1) NOT BETWEEN x'70' AND x'7F';
