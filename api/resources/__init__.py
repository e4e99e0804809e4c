"""What is read of one subject each: cases, authority, standards, leases, taskings, and what else Docket keeps."""
