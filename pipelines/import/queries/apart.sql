SELECT row_no FROM apart
