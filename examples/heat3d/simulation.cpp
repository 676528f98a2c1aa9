#include "simulation.hpp"

#include <Kokkos_Core.hpp>

#include <cmath>
#include <cstdio>

#include "heat_solver.hpp"

namespace heat3d {

namespace {

using Solver = HeatSolver<HeatedBlock>;

tessera::Attributes parameters(const SimulationOptions& simulation, const Options& options,
                               const HeatedBlock& problem) {
  return {{"resolution", simulation.resolution},
          {"time_step", simulation.time_step},
          {"edge_length", problem.length[0]},
          {"heat_capacity", problem.heat_capacity},
          {"steel_conductivity", problem.steel_conductivity},
          {"brass_conductivity", problem.brass_conductivity},
          {"spot_power", problem.spot_power},
          {"ambient_temperature", problem.ambient},
          {"tolerance", options.tolerance},
          {"method", "Q1 finite elements, lumped mass, implicit Euler, Jacobi-preconditioned conjugate gradients"}};
}

/// The run of one simulation in the file: what is declared once, and what is handed over per output.
class Output {
 public:
  Output(tessera::Writer& out, const std::string& name, const SimulationOptions& simulation, const Options& options,
         const HeatedBlock& problem, const Solver& solver)
      : async_(options.async), run_(out.run(name, parameters(simulation, options, problem))),
        box_(owned_box(solver.grid())),
        flux_("heat3d::heat_flux", solver.grid().extents[0], solver.grid().extents[1], solver.grid().extents[2]) {
    const LocalGrid& local = solver.grid();
    const tessera::Grid grid{{local.points[0], local.points[1], local.points[2]},
                             {.spacing = {local.h[0], local.h[1], local.h[2]}, .axes = {"z", "y", "x"}, .unit = "m"}};
    const auto precision = options.single ? tessera::Precision::single : tessera::Precision::as_given;
    temperature_ =
        run_.field<double>("temperature", grid, {.unit = "K", .long_name = "temperature", .precision = precision});
    heat_flux_ = run_.field<double>(
        "heat_flux", grid,
        {.unit = "W m-2", .long_name = "heat flux, components x, y, z", .components = 3, .precision = precision});
    run_.scalar("energy", {.unit = "J", .long_name = "heat stored above the ambient temperature"});
    run_.scalar("cg_iterations", {.unit = "1", .long_name = "iterations of the linear solver in this step"});
    run_.scalar("cg_residual", {.unit = "1", .long_name = "last residual norm of the linear solver over the first"});
  }

  /// Whether there are steps of a job before.
  bool has_steps() const { return run_.steps() > 0; }

  /// Has the solver go on from the last step in the file. A last one that was written since time was up, and not as one
  /// of every so many, goes when the next one comes: the file shall be that of an uninterrupted run. Collective.
  void restore(Solver& solver, const SimulationOptions& simulation, const Options& options, MPI_Comm communicator) {
    tessera::Reader in(communicator, options.output);
    tessera::StoredStep last = in.run(run_.name()).last();
    last.get("temperature", box_, tessera::into(solver.temperature()).with_halo(1));
    last.read();
    in.close();
    const int step = static_cast<int>(std::lround(last.time() / simulation.time_step));
    if (step % options.every != 0 && step < options.steps) run_.keep(run_.steps() - 1);
    solver.resume(step);
  }

  /// Writes the present state. Collective.
  void write(const Solver& solver, double energy, const CgResult& solve) {
    solver.heat_flux(flux_);
    Kokkos::fence();
    tessera::Step step = run_.step(solver.time());
    step.put(temperature_, box_, tessera::with_halo(solver.temperature(), 1));
    step.put(heat_flux_, box_, flux_);
    step.scalar("energy", energy);
    step.scalar("cg_iterations", solve.iterations);
    step.scalar("cg_residual", solve.residual);
    const double begin = MPI_Wtime();
    async_ ? step.commit_async() : step.commit();
    blocked_ += MPI_Wtime() - begin;
  }

  /// Seconds in which this rank waited for output.
  double blocked() const { return blocked_; }

 private:
  static tessera::Box owned_box(const LocalGrid& grid) {
    return tessera::Box::at({grid.lower[0], grid.lower[1], grid.lower[2]},
                            {grid.extents[0], grid.extents[1], grid.extents[2]});
  }

  bool async_;
  double blocked_ = 0;
  tessera::Run run_;
  tessera::Box box_;
  VectorField flux_;
  tessera::Field<double> temperature_;
  tessera::Field<double> heat_flux_;
};

/// "simulation_2  step 3/4  t = 0.015 s  energy 1.234 J  CG 21 iterations  4.2 s, output 0.3 s"
std::string progress_line(const std::string& name, const Solver& solver, int steps, double energy,
                          const CgResult& solve, double seconds, double blocked) {
  char line[160];
  std::snprintf(line, sizeof line, "%s  step %d/%d  t = %.4g s  energy %.4g J  CG %d iterations  %.1f s, output %.1f s",
                name.c_str(), solver.steps(), steps, solver.time(), energy, solve.iterations, seconds, blocked);
  return line;
}

}  // namespace

void simulate(tessera::Writer& out, const std::string& name, const SimulationOptions& simulation,
              const Options& options, MPI_Comm communicator, tessera::Finish& finish, Progress& progress) {
  const double start = MPI_Wtime();
  const HeatedBlock problem;
  const int n = simulation.resolution;
  Solver solver(problem, {{n, n, n}}, simulation.time_step, options.tolerance, communicator);
  Output output(out, name, simulation, options, problem, solver);
  if (output.has_steps()) {
    output.restore(solver, simulation, options, communicator);
    progress.note(name + " goes on from step " + std::to_string(solver.steps()));
  } else {
    output.write(solver, 0.0, {});
  }
  for (int step = solver.steps() + 1; step <= options.steps; ++step) {
    const CgResult solve = solver.advance();
    if (!solve.converged) {
      throw NotConverged(name + ", step " + std::to_string(step) + ": no solution after " +
                         std::to_string(solve.iterations) + " iterations of conjugate gradients");
    }
    const double energy = solver.energy_above(problem.ambient);
    const bool last = finish.should_finish() || step == options.steps;
    if (step % options.every == 0 || last) output.write(solver, energy, solve);
    progress.update(progress_line(name, solver, options.steps, energy, solve, MPI_Wtime() - start, output.blocked()));
    if (last) break;
  }
}

}  // namespace heat3d
