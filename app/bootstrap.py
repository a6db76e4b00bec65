"""The only place that builds adapters: settings in, services with their ports filled out."""
