-- A caller whom nobody has entered is found again by the number of the last call.
CREATE INDEX cases_contact_phone ON cases (contact_phone, id);
