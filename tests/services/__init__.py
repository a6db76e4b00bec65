"""Real servers for the tests, each started in a process of its own and gone with the test run, however that ends."""
