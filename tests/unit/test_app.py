import app


def test_entry_point_stays_short() -> None:
    with open(app.__file__) as file:
        assert len(file.readlines()) < 60
