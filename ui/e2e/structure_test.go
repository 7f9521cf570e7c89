package e2e_test

import (
	"encoding/json"
	"go/ast"
	"go/importer"
	"go/parser"
	"go/token"
	"go/types"
	"io"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// shape is the limits of a package. A file uses a sibling if it names a constant,
// variable, function, type, method or field that the sibling declares.
type shape struct {
	siblings float64 // average number of files that a file uses
	cycle    int     // number of files in the largest cycle
	methods  int     // number of methods of the type with the most
}

// defaultShape applies to every package except those in shapes, and model, where each
// file is one operation on the room.
var defaultShape = shape{siblings: 5.5, cycle: 20, methods: 40}

// shapes are the packages that exceed the default. The numbers only shrink: lower them
// when the test asks for it.
var shapes = map[string]shape{}

// source is a package of this module, type-checked without its tests.
type source struct {
	path  string
	files []*ast.File
	info  *types.Info
	pkg   *types.Package
	fset  *token.FileSet
}

// sources type-checks every package of the program from source. Their dependencies come
// from the compiler's export data.
func sources(t *testing.T) []source {
	t.Helper()
	dec := json.NewDecoder(strings.NewReader(command(t, "../..", "go", "list", "-export", "-deps",
		"-json=ImportPath,Dir,GoFiles,Export,Standard", ".")))
	type listed struct {
		ImportPath, Dir, Export string
		GoFiles                 []string
		Standard                bool
	}
	export := map[string]string{}
	var ours []listed
	for {
		var p listed
		if err := dec.Decode(&p); err == io.EOF {
			break
		} else if err != nil {
			t.Fatalf("read go list: %v", err)
		}
		export[p.ImportPath] = p.Export
		if p.ImportPath == "warroom" || strings.HasPrefix(p.ImportPath, "warroom/") {
			ours = append(ours, p)
		}
	}
	fset := token.NewFileSet()
	imp := importer.ForCompiler(fset, "gc", func(path string) (io.ReadCloser, error) { return os.Open(export[path]) })
	var out []source
	for _, p := range ours {
		s := source{path: p.ImportPath, fset: fset,
			info: &types.Info{Uses: map[*ast.Ident]types.Object{}, Defs: map[*ast.Ident]types.Object{},
				Types: map[ast.Expr]types.TypeAndValue{}}}
		for _, name := range p.GoFiles {
			f, err := parser.ParseFile(fset, filepath.Join(p.Dir, name), nil, parser.ParseComments)
			if err != nil {
				t.Fatalf("parse %s: %v", name, err)
			}
			s.files = append(s.files, f)
		}
		conf := types.Config{Importer: imp}
		pkg, err := conf.Check(p.ImportPath, fset, s.files, s.info)
		if err != nil {
			t.Fatalf("type-check %s: %v", p.ImportPath, err)
		}
		s.pkg = pkg
		out = append(out, s)
	}
	return out
}

func (s source) file(pos token.Pos) string { return filepath.Base(s.fset.Position(pos).Filename) }

// uses returns the files of the package that each file uses.
func (s source) uses() map[string]map[string]bool {
	out := map[string]map[string]bool{}
	for _, f := range s.files {
		from := s.file(f.Pos())
		out[from] = map[string]bool{}
		ast.Inspect(f, func(n ast.Node) bool {
			id, ok := n.(*ast.Ident)
			if !ok {
				return true
			}
			o := s.info.Uses[id]
			if o == nil || o.Pkg() != s.pkg || !declared(o) {
				return true
			}
			if to := s.file(o.Pos()); to != from {
				out[from][to] = true
			}
			return true
		})
	}
	return out
}

// declared reports whether an object is a package-level declaration, a method or a
// field.
func declared(o types.Object) bool {
	switch o := o.(type) {
	case *types.PkgName, *types.Label:
		return false
	case *types.Var:
		return o.IsField() || o.Parent() == o.Pkg().Scope()
	case *types.Func:
		return true
	}
	return o.Parent() == o.Pkg().Scope()
}

// largestCycle returns the files of the largest strongly connected component
// (R. Tarjan, Depth-first search and linear graph algorithms, 1972).
func largestCycle(uses map[string]map[string]bool) []string {
	index, low := map[string]int{}, map[string]int{}
	on := map[string]bool{}
	var stack, largest []string
	var visit func(v string)
	visit = func(v string) {
		index[v] = len(index) + 1
		low[v] = index[v]
		stack = append(stack, v)
		on[v] = true
		for w := range uses[v] {
			if index[w] == 0 {
				visit(w)
				low[v] = min(low[v], low[w])
			} else if on[w] {
				low[v] = min(low[v], index[w])
			}
		}
		if low[v] != index[v] {
			return
		}
		i := slices.Index(stack, v)
		for _, w := range stack[i:] {
			on[w] = false
		}
		if len(stack)-i > len(largest) {
			largest = slices.Clone(stack[i:])
		}
		stack = stack[:i]
	}
	for _, v := range slices.Sorted(maps.Keys(uses)) {
		if index[v] == 0 {
			visit(v)
		}
	}
	return largest
}

// largestType returns the type with the most methods.
func (s source) largestType() (name string, n int) {
	for _, id := range s.pkg.Scope().Names() {
		named, ok := s.pkg.Scope().Lookup(id).Type().(*types.Named)
		if ok && named.Obj().Pkg() == s.pkg && named.NumMethods() > n {
			name, n = id, named.NumMethods()
		}
	}
	return name, n
}

// TestStructure checks the limits of the packages.
func TestStructure(t *testing.T) {
	for _, s := range sources(t) {
		if s.path == "warroom/model" {
			continue
		}
		may, listed := shapes[s.path]
		if !listed {
			may = defaultShape
		}
		uses := s.uses()
		total := 0
		for _, to := range uses {
			total += len(to)
		}
		siblings := float64(total) / float64(max(len(uses), 1))
		cycle := largestCycle(uses)
		name, methods := s.largestType()
		if siblings > may.siblings {
			t.Errorf("%s: a file uses %.1f of its siblings on average, want at most %.1f", s.path, siblings,
				may.siblings)
		}
		if len(cycle) > may.cycle {
			t.Errorf("%s: %d files use each other in a cycle, want at most %d: %s", s.path, len(cycle), may.cycle,
				strings.Join(cycle, " "))
		}
		if methods > may.methods {
			t.Errorf("%s: %s has %d methods, want at most %d", s.path, name, methods, may.methods)
		}
		if listed && siblings <= defaultShape.siblings && len(cycle) <= defaultShape.cycle &&
			methods <= defaultShape.methods {
			t.Errorf("%s holds to the shape that is wanted: remove it from shapes", s.path)
		}
		t.Logf("%s: siblings %.2f, cycle %d, methods %d (%s)", s.path, siblings, len(cycle), methods, name)
	}
}
