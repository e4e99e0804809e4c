"""What others write about vulnerabilities, in their own formats, becomes reports to the clearinghouse."""
