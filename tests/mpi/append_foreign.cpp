#include <gtest/gtest.h>

#include <tessera/config.hpp>

#include <fstream>

#include "support/outside.hpp"
#include "support/test_file.hpp"

/// \file
/// Continuing files that another program has written, or written anew.

using namespace tessera_test;
using tessera::ErrorCode;
using tessera::Grid;
using tessera::Options;
using tessera::Writer;

namespace {

const Grid grid{{6, 5, 4}, {.spacing = {0.5}, .unit = "m"}};
const Options append{.open = tessera::OpenMode::append, .reader_grace_ms = 0};

/// Steps n = from, ... of the value n everywhere.
void write_steps(Writer& out, const std::string& name, int from, int to) {
  auto run = out.run(name);
  const auto field = run.field<double>("p", grid);
  for (int n = from; n < to; ++n) {
    auto step = run.step(n);
    const std::vector<double> values(120, n);
    if (world_rank() == n % world_size()) step.put(field, tessera::Box{{0, 0, 0}, {6, 5, 4}}, values);
    step.scalar("energy", n);
    step.commit();
  }
}

/// What h5py says of runs: the steps of each, and whether all is right.
std::string state_of(const std::string& path, const std::string& names) {
  return python(R"(
import numpy as np
f = h5py.File(sys.argv[1], 'r')
right, counts = True, []
for name in ')" + names +
                    R"(':
    g = f[name]; p = g['p']; t = g['time']; n = np.arange(p.shape[0])
    right &= bool((p[...] == n[:, None, None, None]).all() and (t[...] == n).all() and (g['energy'][...] == n).all())
    right &= p.dims[0][0] == t and p.dims[3][0].name == '/' + name + '/x'
    counts.append(p.shape[0])
print(*counts, right)
)",
                path);
}

#if TESSERA_HAVE_PARALLEL_HDF5
TEST(AppendForeign, AFileOfTheOtherEngine) {
  const std::string path = output_path();
  {
    Writer out(MPI_COMM_WORLD, path, {.overwrite = true, .engine = tessera::Engine::collective});
    write_steps(out, "a", 0, 3);
    write_steps(out, "b", 0, 2);
    out.close();
  }
  Writer out(MPI_COMM_WORLD, path, append);
  write_steps(out, "a", 3, 5);
  out.close();
  if (!has_python()) GTEST_SKIP() << "no Python with h5py looked at it";
  EXPECT_EQ(state_of(path, "ab"), "5 2 True");
}
#endif

TEST(AppendForeign, AfterH5repack) {
  if (!has_python()) GTEST_SKIP() << "needs Python with h5py";
  const std::string path = output_path();
  for (const std::string& options :
       {std::string(), std::string("-L"), std::string("-f GZIP=1"), std::string("-S PAGE")}) {
    {
      Writer out(MPI_COMM_WORLD, path, {.overwrite = true});
      write_steps(out, "a", 0, 3);
      out.close();
    }
    const std::string status =
        python("import os, subprocess\nc = ['h5repack', *'" + options +
                   "'.split(), sys.argv[1], sys.argv[1] + '.new']\n"
                   "print(subprocess.run(c).returncode); os.replace(sys.argv[1] + '.new', sys.argv[1])",
               path);
    ASSERT_EQ(status, "0");
    {
      Writer out(MPI_COMM_WORLD, path, append);
      write_steps(out, "a", 3, 6);
      out.close();
    }
    EXPECT_EQ(state_of(path, "a"), "6 True") << options;
  }
}

/// Makes a file by h5py, in the layout of ours.
constexpr const char* make_by_h5py = R"(
import numpy as np
f = h5py.File(sys.argv[1], 'w')
f.attrs['title'] = 'by h5py'
g = f.create_group('a')
def scale(name, values, **options):
    d = g.create_dataset(name, data=values, **options)
    d.make_scale(name)
    return d
time = scale('time', np.arange(3.0), maxshape=(None,), chunks=(4,))
time.attrs['units'] = 's'
axes = [scale(n, 0.5 * np.arange(float(s))) for n, s in zip('zyx', (6, 5, 4))]
for a in axes: a.attrs['units'] = 'm'
p = g.create_dataset('p', shape=(3, 6, 5, 4), maxshape=(None, 6, 5, 4), chunks=(1, 3, 5, 4), compression='gzip',
                     shuffle=True, dtype='f8')
p[...] = np.arange(3.0)[:, None, None, None]
e = g.create_dataset('energy', data=np.arange(3.0), maxshape=(None,), chunks=(4,))
e.dims[0].attach_scale(time)
for i, a in enumerate([time] + axes): p.dims[i].attach_scale(a)
)";

TEST(AppendForeign, AFileThatH5pyMade) {
  if (!has_python()) GTEST_SKIP() << "needs Python with h5py";
  const std::string path = output_path();
  python(make_by_h5py, path);
  Writer out(MPI_COMM_WORLD, path, append);
  write_steps(out, "a", 3, 6);
  write_steps(out, "b", 0, 2);
  out.close();
  EXPECT_EQ(state_of(path, "ab"), "6 2 True");
}

std::string bytes_of(const std::string& path) {
  std::ifstream stream(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(stream), {}};
}

/// Each of these keeps a run from going on: told by name, and nothing is changed; a run beside it is possible.
TEST(AppendForeign, RunsThatCannotGoOn) {
  if (!has_python()) GTEST_SKIP() << "needs Python with h5py";
  const std::string path = output_path();
  const std::pair<const char*, const char*> changes[] = {
      {"g.create_group('inner')", "'/a/inner' is a group in a run"},
      {"g['s'] = h5py.SoftLink('/elsewhere')", "'/a/s' is a link to elsewhere"},
      {"g.create_dataset('m', data=np.ones((3, 4)))", "'/a/m' is not stored in chunks"},
      {"g.create_dataset('m', data=np.ones((3, 4), '>f8'), chunks=(3, 4))", "'/a/m' has elements that are not stored"},
      {"g.create_dataset('m', data=np.ones((3, 4)), chunks=(3, 4), compression='lzf')", "'/a/m' has filters"},
      {"g.create_dataset('m', shape=(3, 4), maxshape=(3, None), chunks=(3, 4))", "'/a/m' has another axis"},
      {"g.create_dataset('q', shape=(3, 4), maxshape=(None, 4), chunks=(1, 4))", "'/a/q' has a first axis that can"},
      {"q = g.create_dataset('q', shape=(3, 4), maxshape=(None, 4), chunks=(2, 2)); q.dims[0].attach_scale(time)",
       "'/a/q' has chunks of 2 steps, and of a part of the grid"},
      {"q = g.create_dataset('q', shape=(2, 4), maxshape=(None, 4), chunks=(1, 4)); q.dims[0].attach_scale(time); "
       "q.dims[1].attach_scale(axes[2])",
       "'/a/q' has 2 steps, and the time axis has 3"},
      {"m = g.create_dataset('m', data=np.ones((3, 4)), chunks=(3, 4)); m.dims[1].attach_scale(axes[2])",
       "'/a/m' has an axis without exactly one dimension scale"},
      {"g.create_dataset('t', data=np.zeros(3, [('a', 'f8')]))", "'/a/t' has elements that no field can have"}};
  for (const auto& [change, why] : changes) {
    python(std::string(make_by_h5py) + change, path);
    const std::string before = bytes_of(path);
    {
      Writer out(MPI_COMM_WORLD, path, append);
      expect_error({ErrorCode::hdf5, {"run 'a'", why, "take another name"}}, [&] { out.run("a"); });
      out.close();
    }
    EXPECT_EQ(bytes_of(path), before) << why;
    Writer out(MPI_COMM_WORLD, path, append);
    write_steps(out, "b", 0, 2);
    out.close();
    EXPECT_EQ(state_of(path, "ab"), "3 2 True") << why;
  }
}

TEST(AppendForeign, FilesThatCannotGoOn) {
  if (!has_python()) GTEST_SKIP() << "needs Python with h5py";
  const std::string path = output_path();
  const std::pair<const char*, const char*> files[] = {
      {"open(sys.argv[1], 'w').write('no HDF5')", "does not begin as an HDF5 file"},
      {"open(sys.argv[1], 'w')", "does not begin as an HDF5 file"},
      {"h5py.File(sys.argv[1], 'w', userblock_size=512).close()", "does not begin as an HDF5 file"},
      {"f = h5py.File(sys.argv[1], 'w'); f['m'] = [[1, 2], [3, 4]]; f.close()", "'/m' is not stored in chunks"},
      {"f = h5py.File(sys.argv[1], 'w'); f['a/x'] = [1] * 1000; f.close(); open(sys.argv[1], 'r+').truncate(3000)",
       "truncated"}};
  for (const auto& [make, why] : files) {
    python(make, path);
    const std::string before = bytes_of(path);
    expect_error({before.find("HDF") == 1 && std::string(why) == "truncated" ? ErrorCode::storage : ErrorCode::hdf5,
                  {path, why}},
                 [&] { Writer(MPI_COMM_WORLD, path, append); });
    EXPECT_EQ(bytes_of(path), before) << why;
  }
}

/// Global heaps, which say where a field's dimension scales lie, have no checksum.
TEST(AppendForeign, AFileWithADamagedReference) {
  if (!has_python()) GTEST_SKIP() << "needs Python with h5py";
  const std::string path = output_path();
  // In the superblock; another scale; nothing.
  const std::pair<const char*, const char*> damages[] = {{"32", "damaged address"},
                                                         {"address('a/y')", "damaged list of dimension scales"},
                                                         {"0", "cannot be continued"}};
  for (const auto& [becomes, why] : damages) {
    {
      Writer out(MPI_COMM_WORLD, path, {.overwrite = true});
      write_steps(out, "a", 0, 2);
      out.close();
    }
    ASSERT_EQ(python(std::string(R"(
import struct
with h5py.File(sys.argv[1]) as f:
    address = lambda name: h5py.h5o.get_info(f[name].id).addr
    before, after = struct.pack('<2Q', 8, address('a/x')), struct.pack('<2Q', 8, )") +
                         becomes +
                         R"()
data = open(sys.argv[1], 'rb').read()
open(sys.argv[1], 'wb').write(data.replace(before, after))
print(before in data)
)",
                     path),
              "True");
    const std::string before = bytes_of(path);
    expect_error({ErrorCode::hdf5, {"cannot be continued", why}}, [&] {
      Writer out(MPI_COMM_WORLD, path, append);
      out.run("a");
    });
    EXPECT_EQ(bytes_of(path), before) << why;
  }
}

}  // namespace
