def run(folder, jobs):
    return {}, "no emulated machine yet"
