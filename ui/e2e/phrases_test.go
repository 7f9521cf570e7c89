package e2e_test

import (
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"
	"unicode/utf8"
)

// bannedPhrases make a native reader stop: see docs/style.md. They are searched in any
// case, and across line ends. Sentry is also the name of a product.
var bannedPhrases = []string{
	`(says|say|tells|tell) whether`, `(that|it|this|which) is no\b`, `goes on\b`, `\banew\b`, `(is|are|be) told\b`,
	`where there (is|are) none`, `who hosts\b`, `what is there\b`, `at the most\b`, `of one's own\b`,
	`all the same\b`, `by another way\b`, `is at the door\b`, `I have seen it`, `only says? what is read`,
	`puts out [a-z]+ `, `\b(says|tells) as whom\b`, `obey is\b`, `more is no\b`, `underground\b`,
	`signed how long the log was`, `\b(sexton|porch|porter|warden|greeter|copyist)s?\b`,
	`\b(?-i:sentry)(?:[^-]|$)`, // Sentry is a product, sentry-token a kind of secret
	`\bwhoever knocks\b`, `\bwho knocks\b`, `handed (this |it )?on\b`, `stands? as hashes`, `(hub|author)'s word\b`,
	`says something else`, `the list lies`,
}

var banned = regexp.MustCompile(`(?i)\b(?:` + strings.Join(bannedPhrases, "|") + `)`)

// roots are the documents and packages that may not contain a banned phrase, with their
// subdirectories. There are no exceptions.
var roots = []string{"README.md", "CHANGELOG.md", "CONTRIBUTING.md", "SECURITY.md", "docs", "main.go",
	"model", "feed", "ui"}

// TestPhrases: there is no banned phrase in documents, in comments, and in strings outside of
// tests.
func TestPhrases(t *testing.T) {
	for _, root := range roots {
		for _, found := range phrasesIn(t, root) {
			for _, f := range found {
				t.Errorf("%s: docs/style.md has what to write", f)
			}
		}
	}
}

// TestDocsAreWrapped: the prose of documents has at most 120 columns. Tables
// and copies of screens may be wider.
func TestDocsAreWrapped(t *testing.T) {
	for _, root := range []string{"README.md", "CHANGELOG.md", "CONTRIBUTING.md", "SECURITY.md", "docs"} {
		err := filepath.WalkDir(filepath.Join("..", "..", root), func(path string, d fs.DirEntry, err error) error {
			if err != nil || filepath.Ext(path) != ".md" || filepath.Base(path) == "cli.md" { // generated
				return err
			}
			text, err := os.ReadFile(path)
			fenced := false
			for i, l := range strings.Split(string(text), "\n") {
				fenced = fenced != strings.HasPrefix(l, "```")
				code := fenced || strings.HasPrefix(l, "    ") || strings.HasPrefix(l, "|")
				if n := utf8.RuneCountInString(l); n > 120 && !code {
					t.Errorf("%s:%d: got %d columns, want at most 120", path, i+1, n)
				}
			}
			return err
		})
		if err != nil {
			t.Fatalf("read %s: %v", root, err)
		}
	}
}

// phrasesIn returns the banned phrases below a root, by document and by package: in
// documents, in comments, and in strings outside of tests.
func phrasesIn(t *testing.T, root string) map[string][]string {
	t.Helper()
	out := map[string][]string{}
	err := filepath.WalkDir(filepath.Join("..", "..", root), func(path string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if d.IsDir() && (d.Name() == "testdata" || d.Name() == ".git") {
			return filepath.SkipDir
		}
		name := filepath.ToSlash(strings.TrimPrefix(path, filepath.Join("..", "..")+string(filepath.Separator)))
		switch filepath.Ext(path) {
		case ".md":
			text, err := os.ReadFile(path)
			if err != nil {
				return err
			}
			if name != "docs/style.md" && name != "docs/adr/0014-words-of-the-code.md" { // they list them
				out[name] = append(out[name], phrasesOf(name, string(text))...)
			}
		case ".go":
			place := filepath.ToSlash(filepath.Dir(name))
			if place == "." {
				place = name
			}
			found, err := phrasesOfCode(path, name)
			out[place] = append(out[place], found...)
			return err
		}
		return nil
	})
	if err != nil {
		t.Fatalf("read %s: %v", root, err)
	}
	return out
}

// phrasesOf returns the banned phrases in a text with their lines.
func phrasesOf(name, text string) (out []string) {
	joined := strings.Map(func(r rune) rune {
		if r == '\n' || r == '\t' {
			return ' '
		}
		return r
	}, text)
	for _, at := range banned.FindAllStringIndex(joined, -1) {
		out = append(out, fmt.Sprintf("%s:%d: %q", name, 1+strings.Count(text[:at[0]], "\n"), joined[at[0]:at[1]]))
	}
	return out
}

// phrasesOfCode returns the banned phrases in the comments and strings of a Go file.
func phrasesOfCode(path, name string) (out []string, err error) {
	fset := token.NewFileSet()
	f, err := parser.ParseFile(fset, path, nil, parser.ParseComments|parser.SkipObjectResolution)
	if err != nil {
		return nil, err
	}
	for _, c := range f.Comments {
		out = append(out, phrasesOf(fmt.Sprintf("%s:%d", name, fset.Position(c.Pos()).Line), c.Text())...)
	}
	if strings.HasSuffix(path, "_test.go") {
		return out, nil
	}
	ast.Inspect(f, func(n ast.Node) bool {
		if s, ok := n.(*ast.BasicLit); ok && s.Kind == token.STRING {
			if text, err := strconv.Unquote(s.Value); err == nil {
				out = append(out, phrasesOf(fmt.Sprintf("%s:%d", name, fset.Position(s.Pos()).Line), text)...)
			}
		}
		return true
	})
	return out, nil
}
