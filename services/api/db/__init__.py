"""The API's own tables, their migrations, and how the database is opened."""
