"""The bar, line and pie of the comparison, drawn by matplotlib at 1280 x 800 pixels."""

import io
import time

import matplotlib

matplotlib.use("Agg")
import matplotlib.pyplot as plt

MONTHS = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"]
LINES = {
    "Berlin": [0.9, 1.9, 5.2, 10.0, 14.7, 18.2, 20.1, 19.7, 15.5, 10.4, 5.5, 2.1],
    "Lisbon": [11.6, 12.7, 14.9, 15.9, 18.0, 21.2, 23.1, 23.5, 22.1, 18.8, 15.0, 12.4],
    "Reykjavík": [0.7, 0.7, 1.2, 3.8, 7.0, 9.9, 11.7, 11.1, 8.5, 5.1, 2.2, 0.9],
}


def bar(ax):
    bars = ax.bar(["Q1 2025", "Q2 2025", "Q3 2025", "Q4 2025", "Q1 2026", "Q2 2026"], [48200, 52900, 61350, 58100, 66400, 71850])
    ax.bar_label(bars)
    ax.set_title("Revenue by quarter")
    ax.set_ylabel("Revenue")


def line(ax):
    for name, values in LINES.items():
        ax.plot(MONTHS, values, marker="o", label=name)
    ax.set_title("Average temperature by month")
    ax.set_ylabel("Temperature (°C)")
    ax.legend()


def pie(ax):
    ax.pie([48300, 14200, 9800, 6100, 5400, 3900], labels=["Salaries", "Rent", "Software", "Travel", "Marketing", "Other"], autopct="%.0f%%")
    ax.set_title("Where the budget goes")


def draw(kind):
    figure, ax = plt.subplots(figsize=(6.4, 4.0), dpi=200)
    kind(ax)
    out = io.BytesIO()
    figure.savefig(out, format="png")
    plt.close(figure)
    return out.getbuffer().nbytes


for kind in (bar, line, pie):
    draw(kind)
    times = []
    for _ in range(15):
        start = time.process_time()
        size = draw(kind)
        times.append((time.process_time() - start) * 1e3)
    times.sort()
    print(f"matplotlib {matplotlib.__version__} {kind.__name__}: {times[len(times) // 2]:.1f} ms CPU, {size / 1e3:.1f} kB")
