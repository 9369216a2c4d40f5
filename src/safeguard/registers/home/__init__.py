"""A children's home: notifications, independent visits, reviews of the quality of care, figures for the inspector."""
