"""Sources in: files, databases, HTTP and push, each mapped to records, validated, published and remembered."""
