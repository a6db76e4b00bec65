"""What the portal's pages and the REST API share: the product of this process, who is asking, request ids, and what an error means in HTTP."""
