// A cantilever of 6 x 1.5 x 1.5 m: steel below, aluminium above, with a round hole through both; lengths in m.
//     gmsh -3 -format msh22 beam.geo
SetFactory("OpenCASCADE");
Box(1) = {0, 0, 0, 6, 1.5, 0.75};
Box(2) = {0, 0, 0.75, 6, 1.5, 0.75};
Cylinder(3) = {1.5, 0, 0.75, 0, 1.5, 0, 0.35};
BooleanDifference(4) = { Volume{1}; Delete; }{ Volume{3}; };
BooleanDifference(5) = { Volume{2}; Delete; }{ Volume{3}; Delete; };
BooleanFragments{ Volume{4}; Delete; }{ Volume{5}; Delete; }
Physical Volume("steel", 1) = {4};
Physical Volume("aluminium", 2) = {5};
Mesh.MeshSizeMin = 0.3;
Mesh.MeshSizeMax = 0.4;
Mesh.Algorithm3D = 1;
