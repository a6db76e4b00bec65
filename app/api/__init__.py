"""The REST API, `/api/v1`: one file per resource, the same names as the portal's pages. Start at `application.create_api`."""
