-- A campaign names the rules that judge it, so that several rule sets can be in use side by side.
ALTER TABLE campaign ADD COLUMN rules text NOT NULL DEFAULT 'default';
COMMENT ON COLUMN campaign.rules IS 'Rule set that judges its reports, a file in data/rules.';
