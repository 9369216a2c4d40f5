"""What comes in from elsewhere: alerts of filtering and monitoring products, and the records of earlier products."""
