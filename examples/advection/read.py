"""Reads the tracers of the last step that advection wrote."""

import h5py

with h5py.File("advection.h5") as file:
    run = file["stirred"]
    begin, count = run["tracers_begin"][-1], run["tracers_count"][-1]
    rows = slice(begin, begin + count)
    age = run["time"][-1] - run["born"][rows]
    print(f"{count} tracers in the last step, aged {age.min():.2f} to {age.max():.2f}")
    eldest = run["id"][rows][age.argmax()]
    for step in range(len(run["time"])):
        begin, count = run["tracers_begin"][step], run["tracers_count"][step]
        where = (run["id"][begin:begin + count] == eldest).nonzero()[0]
        if len(where):
            x, y, _ = run["position"][begin + where[0]]
            print(f"the eldest was seen first at ({x:.2f}, {y:.2f}), at t = {run['time'][step]:.1f}")
            break
