"""What whoever keeps records has to write down besides: complaints, breaches, disagreements, processing."""
