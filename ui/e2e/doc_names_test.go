package e2e_test

import (
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"warroom/model"
)

// namingDocs are the documents that name files and symbols of the code.
var namingDocs = []string{"docs/architecture.md", "docs/glossary.md", "docs/protocol.md", "docs/style.md",
	"CONTRIBUTING.md"}

var (
	codeSpan = regexp.MustCompile("`([^`\n]+)`")
	filePath = regexp.MustCompile(`^(docs|feed|model|ui|\.ci)(/[a-zA-Z0-9_.-]+)+/?$|^[a-zA-Z0-9_]+\.(go|md|toml)$`)
	fileEnd  = regexp.MustCompile(`\.(txt|jsonl?|mod|zip)$`)
	kindName = regexp.MustCompile(`^[a-z]+\.[a-z]+$`)
	symbol   = regexp.MustCompile(`^([a-z][a-z0-9]*)\.([A-Za-z][A-Za-z0-9_]*(?:\.[A-Za-z][A-Za-z0-9_]*)?)$`)
)

// TestNamesInDocs: each file, package.Symbol, package.Type.Member and kind of event in a
// document exists. A test of package model checks the kinds in docs/protocol.md.
func TestNamesInDocs(t *testing.T) {
	declared := declaredSymbols(t)
	tried := 0
	for _, doc := range namingDocs {
		text, err := os.ReadFile(filepath.Join("..", "..", doc))
		if err != nil {
			t.Errorf("read %s: %v", doc, err)
			continue
		}
		for i, line := range strings.Split(string(text), "\n") {
			for _, m := range codeSpan.FindAllStringSubmatch(line, -1) {
				name := m[1]
				if filePath.MatchString(name) {
					tried++
					if _, err := os.Stat(filepath.Join("..", "..", name)); err != nil && !isExample(name) {
						t.Errorf("%s:%d names the file %s: got %v, want that it is there", doc, i+1, name, err)
					}
					continue
				}
				s := symbol.FindStringSubmatch(name)
				if s != nil && (model.Kind(name).Known() || fileEnd.MatchString(name)) {
					continue // a kind, or a file of an export, whatever the packages are called
				}
				kind := s != nil && declared[s[1]] == nil && kindName.MatchString(name) && !fileEnd.MatchString(name)
				if kind && doc != "docs/protocol.md" {
					if tried++; !model.Kind(name).Known() {
						t.Errorf("%s:%d names the kind %s, which is unknown", doc, i+1, name)
					}
				}
				if s == nil || declared[s[1]] == nil {
					continue
				}
				tried++
				if !declared[s[1]][s[2]] {
					t.Errorf("%s:%d names %s: package %s declares no %s", doc, i+1, name, s[1], s[2])
				}
			}
		}
	}
	if tried < 60 {
		t.Errorf("got %d names in the documents, want 60 and more", tried)
	}
}

// isExample reports whether a file belongs to an export, not to this repository.
func isExample(name string) bool {
	return strings.HasSuffix(name, ".md") && !strings.Contains(name, "/")
}

// declaredSymbols returns the names that each package declares outside of tests, by
// package name: functions, types, and methods and fields with their type.
func declaredSymbols(t *testing.T) map[string]map[string]bool {
	t.Helper()
	out, fset := map[string]map[string]bool{}, token.NewFileSet()
	err := filepath.WalkDir("../..", func(path string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if d.IsDir() && (d.Name() == "testdata" || d.Name() == ".git") {
			return filepath.SkipDir
		}
		if !strings.HasSuffix(path, ".go") || strings.HasSuffix(path, "_test.go") {
			return nil
		}
		f, err := parser.ParseFile(fset, path, nil, parser.SkipObjectResolution)
		if err != nil {
			return err
		}
		names := out[f.Name.Name]
		if names == nil {
			names = map[string]bool{}
			out[f.Name.Name] = names
		}
		for _, n := range namesOf(f) {
			names[n.qualified] = true
		}
		for _, d := range f.Decls {
			if g, ok := d.(*ast.GenDecl); ok {
				for _, s := range g.Specs {
					if s, ok := s.(*ast.TypeSpec); ok {
						names[s.Name.Name] = true
					}
				}
			}
		}
		return nil
	})
	if err != nil {
		t.Fatalf("read the code: %v", err)
	}
	return out
}
