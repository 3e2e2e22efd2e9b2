"""What the Lambda functions share: from the bytes of an upload to the stored article."""
