"""What the clearinghouse knows of vulnerabilities, for those whom they concern."""
