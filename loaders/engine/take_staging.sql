-- What was pulled before, as another warehouse has staged it.
ATTACH :former AS former (READ_ONLY);
CREATE TABLE stg_action AS FROM former.stg_action;
CREATE TABLE stg_batch AS FROM former.stg_batch;
CREATE TABLE stg_campaign AS FROM former.stg_campaign;
CREATE TABLE stg_compared AS FROM former.stg_compared;
CREATE TABLE stg_device AS FROM former.stg_device;
CREATE TABLE stg_fault AS FROM former.stg_fault;
CREATE TABLE stg_judged AS FROM former.stg_judged;
CREATE TABLE stg_outcome AS FROM former.stg_outcome;
CREATE TABLE stg_profile AS FROM former.stg_profile;
CREATE TABLE stg_reject AS FROM former.stg_reject;
CREATE TABLE stg_rule AS FROM former.stg_rule;
CREATE TABLE stg_run AS FROM former.stg_run;
CREATE TABLE stg_tally AS FROM former.stg_tally;
CREATE TABLE stg_triage AS FROM former.stg_triage;
CREATE TABLE stg_triage_decision AS FROM former.stg_triage_decision;
CREATE TABLE stg_validation AS FROM former.stg_validation;
DETACH former;
