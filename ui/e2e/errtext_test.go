package e2e_test

import (
	"encoding/json"
	"fmt"
	"go/ast"
	"go/importer"
	"go/parser"
	"go/token"
	"go/types"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// readsErrorText are the functions that may read the text of an error, because its
// library has no type for it. They convert it to a typed error.
var readsErrorText = []string{"warroom/feed/jetlog.typed",
	"warroom/feed/notify.texts"} // which lays out the lines of any text

// TestNothingDecidesByErrorText: no decision depends on the text of an error, only on its
// type or code, so that every text can be changed.
func TestNothingDecidesByErrorText(t *testing.T) {
	all := checkedPackages(t)
	if len(all) < 20 {
		t.Fatalf("packages of ours: got %d, want all of them", len(all))
	}
	for _, p := range all {
		for _, found := range decisionsByText(p) {
			t.Error(found)
		}
	}
}

// TestErrorTextIsFound: the test above finds such decisions.
func TestErrorTextIsFound(t *testing.T) {
	fset := token.NewFileSet()
	_, from := listPackages(t, fset)
	for body, want := range map[string]bool{
		`if strings.Contains(err.Error(), "x") { f("") }`:                        true,
		`s := strings.ToLower(err.Error()); if strings.HasPrefix(s, "x") {}`:     true,
		`switch err.Error() { case "x": }`:                                       true,
		`if err.Error() == "x" {}`:                                               true,
		`if form.MatchString(fmt.Sprintf("%v", err)) {}`:                         true,
		`h.why = fmt.Sprint(err); if _, _, ok := strings.Cut(h.why, ":"); ok {}`: true,
		`f(err.Error())`: true, // f decides
		`if s := text(err); strings.EqualFold(s, "x") {}`:           true,
		`if err.Error() != "" { f("") }`:                            false,
		`if errors.Is(err, io.EOF) { fmt.Println(err.Error()) }`:    false,
		`_ = strings.TrimPrefix(err.Error(), "toml: ")`:             false,
		`if a, b := err.Error(), "y"; a != b { fmt.Println(a, b) }`: false, // only compared with itself
	} {
		src := `package p
import ("errors"; "fmt"; "io"; "regexp"; "strings")
var form = regexp.MustCompile("x")
var h struct{ why string }
var _ = errors.Is
var _ = io.EOF
var _ = fmt.Sprint
func f(s string) bool { return strings.HasSuffix(s, "x") }
func text(err error) string { return "the reason: " + err.Error() }
func decide(err error) { ` + body + ` }`
		file, err := parser.ParseFile(fset, "p.go", src, 0)
		if err != nil {
			t.Fatalf("parse %s: %v", body, err)
		}
		got := decisionsByText(check(t, fset, "p", []*ast.File{file}, from))
		if (len(got) > 0) != want {
			t.Errorf("%s: got %q, want found: %v", body, got, want)
		}
	}
}

// checked is a package with its types.
type checked struct {
	fset  *token.FileSet
	path  string
	files []*ast.File
	info  *types.Info
}

// listed is a package in the output of go list.
type listed struct {
	ImportPath, Dir, Export string
	GoFiles                 []string
}

// listPackages returns the packages of this module, and an importer of their
// dependencies.
func listPackages(t *testing.T, fset *token.FileSet) (ours []listed, from types.Importer) {
	t.Helper()
	exports := map[string]string{}
	out := command(t, "", "go", "list", "-export", "-deps", "-json=ImportPath,Dir,Export,GoFiles", "../../...")
	list := json.NewDecoder(strings.NewReader(out))
	for {
		var l listed
		if err := list.Decode(&l); err == io.EOF {
			break
		} else if err != nil {
			t.Fatalf("read the list of packages: %v", err)
		}
		if exports[l.ImportPath] = l.Export; l.ImportPath == "warroom" || strings.HasPrefix(l.ImportPath, "warroom/") {
			ours = append(ours, l)
		}
	}
	return ours, importer.ForCompiler(fset, "gc",
		func(path string) (io.ReadCloser, error) { return os.Open(exports[path]) })
}

// checkedPackages returns the packages of this module without their tests.
func checkedPackages(t *testing.T) (out []*checked) {
	t.Helper()
	fset := token.NewFileSet()
	ours, from := listPackages(t, fset)
	for _, l := range ours {
		var files []*ast.File
		for _, name := range l.GoFiles {
			file, err := parser.ParseFile(fset, filepath.Join(l.Dir, name), nil, 0)
			if err != nil {
				t.Fatalf("parse %s: %v", name, err)
			}
			files = append(files, file)
		}
		out = append(out, check(t, fset, l.ImportPath, files, from))
	}
	return out
}

// check type-checks a package.
func check(t *testing.T, fset *token.FileSet, path string, files []*ast.File, from types.Importer) *checked {
	t.Helper()
	info := &types.Info{Types: map[ast.Expr]types.TypeAndValue{}, Defs: map[*ast.Ident]types.Object{},
		Uses:       map[*ast.Ident]types.Object{},
		Selections: map[*ast.SelectorExpr]*types.Selection{}}
	if _, err := (&types.Config{Importer: from}).Check(path, fset, files, info); err != nil {
		t.Fatalf("check the types of %s: %v", path, err)
	}
	return &checked{fset, path, files, info}
}

// decisionsByText returns the positions in a package that decide by the text of an error.
func decisionsByText(p *checked) []string {
	x := &textTracer{checked: p, text: map[types.Object]bool{}}
	for n := -1; n != len(x.text); { // a text may be assigned to other variables
		n = len(x.text)
		x.walk(x.spread)
	}
	x.walk(x.judge)
	slices.Sort(x.found)
	return slices.Compact(x.found)
}

// textTracer follows the text of errors through one package.
type textTracer struct {
	*checked
	text  map[types.Object]bool // variables, fields and functions that hold or return the text of an error
	found []string
}

// walk calls visit for each node of the functions that may not read the text of errors.
func (x *textTracer) walk(visit func(fn *types.Func, n ast.Node)) {
	for _, file := range x.files {
		for _, d := range file.Decls {
			var fn *types.Func
			if f, ok := d.(*ast.FuncDecl); ok {
				fn, _ = x.info.Defs[f.Name].(*types.Func)
				if slices.Contains(readsErrorText, x.path+"."+f.Name.Name) {
					continue
				}
			}
			ast.Inspect(d, func(n ast.Node) bool {
				visit(fn, n)
				return true
			})
		}
	}
}

// spread marks the objects that are assigned the text of an error.
func (x *textTracer) spread(fn *types.Func, n ast.Node) {
	switch n := n.(type) {
	case *ast.AssignStmt:
		for i, to := range n.Lhs {
			if len(n.Rhs) == len(n.Lhs) && x.isText(n.Rhs[i]) || len(n.Rhs) == 1 && len(n.Lhs) > 1 &&
				isWords(x.typeOf(to)) && x.isText(n.Rhs[0]) {
				x.mark(x.objectOf(to))
			}
		}
	case *ast.ValueSpec:
		for i, v := range n.Values {
			if x.isText(v) && i < len(n.Names) {
				x.mark(x.info.Defs[n.Names[i]])
			}
		}
	case *ast.KeyValueExpr:
		if k, ok := n.Key.(*ast.Ident); ok && x.isText(n.Value) {
			x.mark(x.info.Uses[k])
		}
	case *ast.CallExpr:
		called, ok := x.objectOf(n.Fun).(*types.Func)
		if !ok || called.Pkg() == nil || called.Pkg().Path() != x.path {
			return
		}
		params := called.Signature().Params()
		for i, a := range n.Args {
			if i < params.Len() && isWords(params.At(i).Type()) && x.isText(a) {
				x.mark(params.At(i))
			}
		}
	case *ast.ReturnStmt:
		for _, r := range n.Results {
			if fn != nil && x.isText(r) {
				x.mark(fn)
			}
		}
	}
}

// mark marks an object of this package as the text of an error.
func (x *textTracer) mark(o types.Object) {
	if o == nil || o.Pkg() == nil || o.Pkg().Path() != x.path {
		return
	}
	if _, fn := o.(*types.Func); fn || isWords(o.Type()) {
		x.text[o] = true
	}
}

// isText reports whether an expression is or contains the text of an error.
func (x *textTracer) isText(e ast.Expr) bool {
	switch e := ast.Unparen(e).(type) {
	case *ast.Ident, *ast.SelectorExpr:
		if o := x.objectOf(e); o != nil && x.text[o] {
			_, fn := o.(*types.Func)
			return !fn
		}
		s, ok := e.(*ast.SelectorExpr)
		return ok && isWords(x.typeOf(e)) && x.isText(s.X)
	case *ast.BinaryExpr:
		return e.Op == token.ADD && (x.isText(e.X) || x.isText(e.Y))
	case *ast.SliceExpr:
		return x.isText(e.X)
	case *ast.CallExpr:
		return x.returnsText(e)
	}
	return false
}

// returnsText reports whether a call returns the text of an error, directly or formatted.
func (x *textTracer) returnsText(c *ast.CallExpr) bool {
	var first types.Type
	switch t := x.typeOf(c).(type) {
	case *types.Tuple:
		for v := range t.Variables() {
			if isWords(v.Type()) {
				first = v.Type()
			}
		}
	default:
		first = t
	}
	if first == nil || !isWords(first) {
		return false
	}
	o := x.objectOf(c.Fun)
	if o != nil && x.text[o] {
		return true
	}
	if s, ok := ast.Unparen(c.Fun).(*ast.SelectorExpr); ok && x.info.Selections[s] != nil {
		if s.Sel.Name == "Error" && isError(x.typeOf(s.X)) || x.isText(s.X) {
			return true
		}
	}
	if o != nil && o.Pkg() != nil && o.Pkg().Path() == x.path {
		if _, fn := o.(*types.Func); fn { // the function is checked itself
			return false
		}
	}
	return slices.ContainsFunc(c.Args, func(a ast.Expr) bool { return isError(x.typeOf(a)) || x.isText(a) })
}

// deciding are functions that decide by a text, by package.
var deciding = map[string][]string{
	"strings": {"Contains", "ContainsAny", "ContainsFunc", "ContainsRune", "HasPrefix", "HasSuffix", "EqualFold",
		"Compare", "Count", "Cut", "CutPrefix",
		"CutSuffix", "Index", "IndexAny", "IndexByte", "IndexFunc", "IndexRune", "LastIndex", "LastIndexByte", "Split",
		"SplitN", "SplitSeq"},
	"bytes":  {"Contains", "Equal", "EqualFold", "HasPrefix", "HasSuffix", "Index", "Cut", "CutPrefix", "CutSuffix"},
	"regexp": {"Match", "MatchString", "FindString", "FindStringSubmatch", "FindStringIndex", "FindSubmatch"},
	"fmt":    {"Sscan", "Sscanf"},
}

// judge records a decision by the text of an error.
func (x *textTracer) judge(_ *types.Func, n ast.Node) {
	bad := false
	switch n := n.(type) {
	case *ast.CallExpr:
		o := x.objectOf(n.Fun)
		bad = o != nil && o.Pkg() != nil && slices.Contains(deciding[o.Pkg().Path()], o.Name()) &&
			slices.ContainsFunc(n.Args, x.isText)
	case *ast.BinaryExpr:
		bad = (n.Op == token.EQL || n.Op == token.NEQ) &&
			(x.isText(n.X) && x.isSentence(n.Y) || x.isText(n.Y) && x.isSentence(n.X))
	case *ast.SwitchStmt:
		bad = n.Tag != nil && x.isText(n.Tag)
	}
	if bad {
		at := x.fset.Position(n.Pos())
		x.found = append(x.found,
			fmt.Sprintf("%s:%d decides by the text of an error: give the error a type, or use errors.Is or errors.As",
				at.Filename, at.Line))
	}
}

// isSentence reports whether an expression is a constant text that is not empty. Two
// texts of errors may be compared, to report each once.
func (x *textTracer) isSentence(e ast.Expr) bool {
	v := x.info.Types[e].Value
	return v != nil && v.ExactString() != `""`
}

func (x *textTracer) typeOf(e ast.Expr) types.Type {
	if t := x.info.TypeOf(e); t != nil {
		return t
	}
	return types.Typ[types.Invalid]
}

// objectOf returns the object of a name or selector.
func (x *textTracer) objectOf(e ast.Expr) types.Object {
	switch e := ast.Unparen(e).(type) {
	case *ast.Ident:
		return x.info.ObjectOf(e)
	case *ast.SelectorExpr:
		return x.info.ObjectOf(e.Sel)
	}
	return nil
}

// isError reports whether a type is an error.
func isError(t types.Type) bool {
	return types.Implements(t, types.Universe.Lookup("error").Type().Underlying().(*types.Interface))
}

// isWords reports whether a type is a text: a string, bytes, or model.Safe.
func isWords(t types.Type) bool {
	if n, ok := types.Unalias(t).(*types.Named); ok { // the code of an error is not a text
		return n.Obj().Name() == "Safe"
	}
	switch u := t.Underlying().(type) {
	case *types.Basic:
		return u.Info()&types.IsString != 0
	case *types.Slice:
		b, ok := u.Elem().Underlying().(*types.Basic)
		return ok && b.Kind() == types.Byte
	}
	return false
}
