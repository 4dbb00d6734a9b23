"""English, and the prefixes of form builders."""

WORDS = {
    "NAME": "name who_are_you",
    "FIRST": "first given fore christian",
    "FIRST_NAME": "firstname fname f_name forename forenames givenname first_n",
    "LAST": "last family sur",
    "LAST_NAME": "lastname lname l_name surname surnames familyname last_n",
    "FULL": "full complete whole legal",
    "FULL_NAME": "fullname",
    "EMAIL": "email e_mail mail emailaddress email_id mail_id mailid",
    "PHONE": "phone telephone tel phonenumber telephonenumber landline whatsapp whats_app "
    "contact_number best_number number_to_reach_you number_we_can_reach_you",
    "MOBILE": "mobile cell mob cellphone mobilephone cellular cell_phone",
    "NUMBER": "number no num nr nbr",
    "COMPANY": "company organization organisation employer companyname organizationname "
    "organisationname firm enterprise corporation institution where_do_you_work "
    "who_do_you_work_for",
    "BUSINESS": "business",
    "TITLE": "role position title jobtitle occupation designation profession job_function "
    "what_do_you_do",
    "JOB": "job",
    "COUNTRY": "country nation",
    "REGION": "region territory",
    "WEBSITE": "website homepage web_site home_page webpage web_page web_address website_url",
    "URL": "url link",
    "MESSAGE": "message comment comments enquiry inquiry question questions query remarks "
    "how_can_we_help how_may_we_help how_can_i_help how_could_we_help what_can_we_help_you_with "
    "what_can_we_help_with what_can_we_do_for_you additional_information additional_info "
    "additional_comments additional_notes additional_details further_information "
    "other_information anything_else project_details tell_us_more tell_us_about_your_project "
    "what_would_you_like_to_discuss what_would_you_like_to_talk_about tell_us_about_your_needs "
    "tell_us_about_your_request",
    "DETAILS": "details text body",
    "PERSON": "contact lead customer client prospect person visitor applicant registrant buyer "
    "subscriber member respondent attendee participant requester enquirer invitee booker payer "
    "purchaser shopper account_holder",
    "USER": "user",
    "WORK": "work office professional corporate workplace",
    "HOME": "home personal private",
    "MAIN": "best primary main preferred direct daytime current valid default",
    "SECOND": "secondary alternate alternative additional other backup second",
    "BILLING": "billing",
    "ADDRESS": "address addresses",
    "OTHER": "someone_else somebody_else manager managers boss supervisor friend friends spouse "
    "wife husband partner partners parent parents guardian mother father mom dad child kid son "
    "daughter brother "
    "sister pet dog cat emergency referrer referred referral referring referee reference "
    "references assistant secretary colleague colleagues coworker teammate companion guest "
    "guests beneficiary recipient recipients agent rep representative salesperson salesrep "
    "sales_rep owner creator created creator_s sender admin administrator author host organizer "
    "organiser broker landlord nominee nominator accountant lawyer attorney sponsor witness kin "
    "teacher inviter invited inviting assignee assigned fax facsimile cc bcc reply support "
    "noreply student patient employee introducer introduced recommended recommender co_applicant "
    "plus_one your_contact_at their his her provider staff sales_phone sales_email sales_number "
    "site_phone site_email store_phone store_email shop_phone shop_email branch_phone branch_email",
    "FILLER": "the your you my our a an of for to at on in s is are what whats which who should "
    "we may_we_have can_we_have could_we_have can_i_have please enter type_in please_type "
    "provide give us fill_in fill insert write leave select choose add confirm verify and or any "
    "with ask_for do_you_work_for do_you_work_at you_work_for you_work_at do_you_work "
    "do_you_live_in do_you_live you_live_in are_you_based_in are_you_located_in of_residence "
    "residence based_in located_in at_work do_you_represent are_you_with are_you_from "
    "do_you_have_in what_should_we_call_you what_do_we_call_you where_can_we reach reach_you_at "
    "to_reach_you to_reach_you_at reach_you should_we_use where_should_we_send_it optional "
    "required mandatory obligatory needed if_applicable if_any if_available if_you_have_one "
    "with_area_code including_area_code incl_area_code with_country_code including_country_code "
    "incl_country_code as_it_appears_on_your_passport as_it_appears_on_your_id as_on_passport "
    "as_in_passport as_per_passport we_will_not_share never_shared will_not_be_published "
    "no_label q wpforms wpcf wpcf7 form_fields input txt fld mce inp frm cf et_pb et_pb_contact",
}
