-- All is loaded: from here on no file can be reached but the database itself and its spill, and nobody can change that.
SET preserve_insertion_order = true;
SET enable_external_access = false;
SET lock_configuration = true;
