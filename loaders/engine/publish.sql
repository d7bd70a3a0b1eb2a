-- The fleet is loaded: from here on no file can be reached but the database itself and its spill, marts stand in the order that
-- they state, and no setting changes any more.
RESET disabled_optimizers;
SET enable_external_access = false;
SET preserve_insertion_order = true;
SET lock_configuration = true;
