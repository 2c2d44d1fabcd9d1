"""Measures of spike trains in plain Python: slow double loops over spikes, pairs and samples."""

import math


def coincidences(a, b, window):
    return sum(1 for s in a for t in b if abs(s - t) <= window + 1e-12)


def correlation_index(trains, window):
    spikes = [time for train in trains for time in train]
    duration = max(spikes) - min(spikes)
    found = []
    for i, a in enumerate(trains):
        for b in trains[i + 1 :]:
            if not len(a) or not len(b):
                found.append(math.nan)
                continue
            chance = len(a) * len(b) * 2 * window / duration if duration else math.inf
            found.append(coincidences(a, b, window) / chance)
    return found


def straight_line(x, y):
    """Intercept and slope from the normal equations."""
    n, sx, sy = len(x), sum(x), sum(y)
    sxx, sxy = sum(v * v for v in x), sum(v * w for v, w in zip(x, y, strict=True))
    slope = (n * sxy - sx * sy) / (n * sxx - sx * sx)
    return (sy - slope * sx) / n, slope


def tiled(train, window, start, stop):
    """Length of the union of the tiles, tile after tile."""
    covered, reached = 0.0, start
    for time in sorted(train):
        low, high = max(time - window, reached), min(time + window, stop)
        covered += max(high - low, 0.0)
        reached = max(reached, high)
    return covered / (stop - start)


def tiling(a, b, window, start, stop):
    def near(one, other):
        hits = [any(abs(s - t) <= window + 1e-12 for t in other) for s in one]
        return sum(hits) / len(hits)

    def half(p, t):
        return 1.0 if p * t == 1 else (p - t) / (1 - p * t)

    parts = (
        half(near(a, b), tiled(b, window, start, stop)),
        half(near(b, a), tiled(a, window, start, stop)),
    )
    return sum(parts) / 2


def index_of_rates(rates):
    """Rates: one list per sample."""
    number, units = len(rates), len(rates[0])
    mean = [sum(row[i] for row in rates) / number for i in range(units)]
    return [
        sum(row[i] * row[j] for row in rates) / number / (mean[i] * mean[j])
        for i in range(units)
        for j in range(i + 1, units)
    ]


def correlation(x, y):
    n = len(x)
    mx, my = sum(x) / n, sum(y) / n
    sxy = sum((v - mx) * (w - my) for v, w in zip(x, y, strict=True))
    sxx, syy = sum((v - mx) ** 2 for v in x), sum((w - my) ** 2 for w in y)
    return sxy / math.sqrt(sxx * syy) if sxx > 0 and syy > 0 else math.nan


def events(activity, active, threshold):
    """(start, stop, participation, amplitude) of every event, walking over samples."""
    found, current = [], None
    for sample, row in enumerate([*activity, None]):
        units = [] if row is None else [i for i, value in enumerate(row) if value > active]
        share = 0.0 if row is None else len(units) / len(row)
        if share > threshold:
            current = current or {"start": sample, "peak": {}}
            for unit in units:
                before = current["peak"].get(unit, -math.inf)
                current["peak"][unit] = max(before, row[unit])
        elif current is not None:
            peaks = list(current["peak"].values())
            share = len(peaks) / len(activity[0])
            found.append((current["start"], sample, share, sum(peaks) / len(peaks)))
            current = None
    return found


def preceding(start, stop, amplitude, classes, recording, window, decay):
    found = []
    for k, name in enumerate(classes):
        values = [
            amplitude[j] * math.exp(-(start[k] - stop[j]) / decay)
            for j in range(len(classes))
            if classes[j] != "none"
            and recording[j] == recording[k]
            and start[j] < start[k]
            and start[k] - stop[j] <= window
        ]
        found.append(sum(values) / len(values) if name == "H" and values else math.nan)
    return found
