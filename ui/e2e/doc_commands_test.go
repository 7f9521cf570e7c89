package e2e_test

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"warroom/model"
)

// TestCommandsInDocs: each warroom command in a document has an existing subcommand and
// existing flags, each composer line an existing verb, and each go test command matches a
// test.
func TestCommandsInDocs(t *testing.T) {
	docs, err := filepath.Glob("../../docs/*.md")
	if err != nil || len(docs) < 15 {
		t.Fatalf("got %v, %v; want the documents", docs, err)
	}
	c := &docCommands{t: t, helps: map[string]string{}, verbs: composerVerbs(t)}
	for _, doc := range append(docs, "../../README.md", "../../CONTRIBUTING.md", "../../SECURITY.md") {
		text, err := os.ReadFile(doc)
		if err != nil {
			t.Errorf("read %s: %v", doc, err)
			continue
		}
		where, fenced := "", false
		for i, line := range strings.Split(string(text), "\n") {
			if strings.HasPrefix(line, "```") {
				fenced = !fenced
			}
			if m := inFolder.FindStringSubmatch(line); m != nil {
				where = m[1]
			}
			c.at, c.folder = fmt.Sprintf("%s:%d", filepath.Base(doc), i+1), where
			if strings.HasPrefix(line, "    ") || fenced {
				c.line(line)
				continue
			}
			for _, m := range codeSpan.FindAllStringSubmatch(line, -1) {
				c.line(m[1])
			}
		}
	}
	if c.n < 200 {
		t.Errorf("got %d commands in the documents, want 200 and more", c.n)
	}
	t.Logf("%d commands", c.n)
}

var (
	inFolder    = regexp.MustCompile("\\bIn `([a-z/]+)`[:,]")
	warroomLine = regexp.MustCompile(`(?:^|[\s;|(])warroom ((?:[^|;()>]|\\\|)+)`)
	goTestLine  = regexp.MustCompile(`go (?:-C \S+ )?test (.+)`)
	verbSpan    = regexp.MustCompile(`(?:^|['"])\s*:([a-z]+)`)
	longFlag    = regexp.MustCompile(`(?:^|\s|\[)--([a-z][a-z-]+)`)
)

// docCommands checks the commands of documents.
type docCommands struct {
	t      *testing.T
	at     string
	folder string // where go test runs
	helps  map[string]string
	verbs  []string
	n      int
}

// line checks a line of a code block, or a span of code.
func (c *docCommands) line(line string) {
	c.t.Helper()
	for _, m := range warroomLine.FindAllStringSubmatch(line, -1) {
		c.warroom(m[1])
	}
	if m := goTestLine.FindStringSubmatch(line); m != nil {
		c.goTest(m[1])
	}
	if m := verbSpan.FindStringSubmatch(line); m != nil && !strings.Contains(line, "//") {
		c.n++
		if !slices.Contains(c.verbs, m[1]) {
			c.t.Errorf("%s: %q: there is no command :%s", c.at, line, m[1])
		}
	}
}

// commandName matches a subcommand.
var commandName = regexp.MustCompile(`^[a-z]+$`)

// warroom checks the arguments of the program.
func (c *docCommands) warroom(args string) {
	c.t.Helper()
	args, _, _ = strings.Cut(args, "  ") // a comment follows
	words := strings.Fields(args)
	var path []string
	for i := 0; i < len(words); i++ {
		switch {
		case strings.HasPrefix(words[i], "--") && len(path) == 0: // a global flag, with its value
			if words[i] != "--plain" && words[i] != "--version" && words[i] != "--help" {
				i++
			}
		case commandName.MatchString(words[i]) && c.isCommand(path, words[i]):
			path = append(path, words[i])
		case len(path) == 0 && !strings.Contains(args, "--"):
			return // a sentence about warroom
		default:
			i = len(words)
		}
	}
	c.n++
	help := c.help(path)
	for _, m := range longFlag.FindAllStringSubmatch(args, -1) {
		if !strings.Contains(help, "--"+m[1]) && !strings.Contains(c.help(nil), "--"+m[1]) {
			c.t.Errorf("%s: warroom %s: got no flag --%s of %q, want one", c.at, args, m[1], path)
		}
	}
}

// isCommand reports whether a word is a subcommand.
func (c *docCommands) isCommand(path []string, word string) bool {
	list, _, _ := strings.Cut(c.help(path), "\nFlags:")
	return regexp.MustCompile(`(?m)^  ` + word + `\s`).MatchString(list)
}

// help returns the help of a command.
func (c *docCommands) help(path []string) string {
	c.t.Helper()
	key := strings.Join(path, " ")
	if c.helps[key] == "" {
		cmd := exec.Command(binary, append(slices.Clone(path), "--help")...)
		cmd.Env = []string{"HOME=" + c.t.TempDir()}
		out, err := cmd.CombinedOutput()
		if err != nil {
			c.t.Fatalf("warroom %s --help: %v\n%s", key, err, out)
		}
		c.helps[key] = string(out)
	}
	return c.helps[key]
}

var (
	runPattern  = regexp.MustCompile(`-(?:run|bench) '?([^' ]+)'?`)
	packagePath = regexp.MustCompile(`(?:^|\s)(\.(?:/[a-z0-9/]+)?)(?:\s|$)`)
	ownFlag     = regexp.MustCompile(`\s-([a-z][a-z-]+)`)
	goFlags     = strings.Fields("run bench benchtime timeout tags v fuzz fuzztime args race c o count")
)

// goTest checks that the package has a test or benchmark that matches the pattern, and
// that the flags exist.
func (c *docCommands) goTest(args string) {
	c.t.Helper()
	args, _, _ = strings.Cut(strings.ReplaceAll(args, "-test.", "-"), "      ")
	dir := c.folder
	if m := packagePath.FindStringSubmatch(args); m == nil {
		return // all packages
	} else if m[1] != "." {
		dir = strings.TrimPrefix(m[1], "./")
	}
	c.n++
	code := sourceOf(c.t, dir)
	for _, m := range runPattern.FindAllStringSubmatch(args, -1) {
		pattern, _, _ := strings.Cut(m[1], "/")
		if pattern == "^$" {
			continue
		}
		pattern = strings.TrimSuffix(strings.ReplaceAll(pattern, "^", ""), "$")
		name := `func (Test|Benchmark|Fuzz)[A-Za-z0-9]*(` + pattern + `)|func (` + pattern + `)`
		if !regexp.MustCompile(name).MatchString(code) {
			c.t.Errorf("%s: go test %s: got no test %s in %q, want one", c.at, args, m[1], dir)
		}
	}
	for _, m := range ownFlag.FindAllStringSubmatch(" "+args, -1) {
		defined := regexp.MustCompile(`flag\.[A-Za-z0-9]+\("` + m[1] + `"`)
		if !slices.Contains(goFlags, m[1]) && !defined.MatchString(code) {
			c.t.Errorf("%s: go test %s: got no flag -%s in %q, want one", c.at, args, m[1], dir)
		}
	}
}

// sourceOf returns the Go code of a directory, concatenated.
func sourceOf(t *testing.T, dir string) string {
	t.Helper()
	files, err := filepath.Glob(filepath.Join("..", "..", dir, "*.go"))
	if err != nil || len(files) == 0 {
		t.Errorf("got %v, %v; want Go files in %q", files, err, dir)
	}
	var out strings.Builder
	for _, f := range files {
		b, err := os.ReadFile(f)
		if err != nil {
			t.Fatalf("read a file: %v", err)
		}
		out.Write(b)
	}
	return out.String()
}

// composerVerbs returns the commands of the composer: those of the model and those of the
// screen.
func composerVerbs(t *testing.T) (out []string) {
	t.Helper()
	for _, v := range append(model.Verbs(), model.LobbyVerbs()...) {
		out = append(out, strings.TrimPrefix(fmt.Sprint(v.Name), ":"))
	}
	own := sourceOf(t, "ui/present") + sourceOf(t, "ui/room")
	for _, m := range regexp.MustCompile(`"([a-z]+)"`).FindAllStringSubmatch(own, -1) {
		out = append(out, m[1])
	}
	return out
}
