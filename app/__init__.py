"""wice-sync: one central server that keeps contacts and appointments equal in Wice CRM and Microsoft Exchange."""
