"""Plan reciprocal television airtime between countries: from an instance folder to a proven timetable."""

__version__ = "0.2.0"
