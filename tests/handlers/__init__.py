"""What the functions do, from the event to what is stored and sent, on the AWS in memory."""
