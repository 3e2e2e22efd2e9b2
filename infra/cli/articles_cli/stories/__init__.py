"""What is known of uploads and articles, found in all the places that know a part, and told."""
