SELECT name FROM ref_rule_set;
