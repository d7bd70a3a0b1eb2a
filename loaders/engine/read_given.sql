SELECT s.name AS rules, p.file AS policy, r.name AS roi, (SELECT count(*) FROM stg_device)::INTEGER AS devices
FROM ref_rule_set s
CROSS JOIN ref_policy p
CROSS JOIN ref_roi r;
