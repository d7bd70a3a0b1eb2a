SELECT s.name AS rules, p.file AS policy, r.name AS roi
FROM ref_rule_set s
CROSS JOIN ref_policy p
CROSS JOIN ref_roi r;
