package cli

import (
	"bytes"
	"strings"
	"testing"

	"github.com/spf13/cobra"
)

// shellWords splits an example like a shell, up to a redirection or pipe after the
// program.
func shellWords(line string) []string {
	var out []string
	var word strings.Builder
	quoted, open := false, false
	for _, r := range line + " " {
		switch {
		case r == '\'':
			quoted, open = !quoted, true
		case r == ' ' && !quoted:
			if open {
				if w := word.String(); w == ">" || w == "<" || w == "|" {
					return out
				}
				out = append(out, word.String())
			}
			word.Reset()
			open = false
		default:
			word.WriteRune(r)
			open = true
		}
	}
	return out
}

// walk calls f for every visible command.
func walk(c *cobra.Command, f func(*cobra.Command)) {
	if c.Hidden {
		return
	}
	f(c)
	for _, sub := range c.Commands() {
		walk(sub, f)
	}
}

// TestExamples: every command has at least two examples, each of that command and
// accepted by its flags and arguments.
func TestExamples(t *testing.T) {
	for lead, root := range map[string]func() *cobra.Command{
		"warroom":  func() *cobra.Command { return rootCmd(&app{}) },
		"ssh HOST": func() *cobra.Command { return guestRootCmd(&app{}) },
	} {
		walk(root(), func(c *cobra.Command) {
			if lead != "warroom" && c.Name() == "help" {
				return
			}
			lines := strings.Split(strings.TrimSpace(c.Example), "\n")
			if len(lines) < 2 {
				t.Errorf("%s %q: got %d examples, want 2", lead, wordsOf(c), len(lines))
			}
			for _, l := range lines {
				l = strings.TrimSuffix(strings.TrimSpace(l), ")")
				_, after, found := strings.Cut(l, lead)
				if !found {
					if !strings.Contains(l, "ssh -t HOST") {
						t.Errorf("%s: got example %q, want %s in it", wordsOf(c), l, lead)
					}
					continue
				}
				fresh := root()
				args := orderArgs(fresh, shellWords(strings.TrimSpace(after)))
				got, rest, err := fresh.Find(args)
				if err != nil || !strings.HasPrefix(wordsOf(got), wordsOf(c)) && c.Name() != "version" {
					t.Errorf("%q: got command %q, %v, want %q", l, wordsOf(got), err, wordsOf(c))
					continue
				}
				got.InitDefaultHelpFlag()
				got.InitDefaultVersionFlag()
				if err := got.ParseFlags(rest); err != nil {
					t.Errorf("%q: got %v, want its flags accepted", l, err)
				}
				if err := got.ValidateArgs(got.Flags().Args()); err != nil {
					t.Errorf("%q: got %v, want its arguments accepted", l, err)
				}
			}
		})
	}
}

// TestGroupedHelp: each command is in a group of the help.
func TestGroupedHelp(t *testing.T) {
	for _, root := range []*cobra.Command{rootCmd(&app{}), guestRootCmd(&app{})} {
		var out bytes.Buffer
		root.SetOut(&out)
		if err := root.Help(); err != nil {
			t.Fatalf("help: got %v, want no error", err)
		}
		if strings.Contains(out.String(), "Additional Commands") || !strings.Contains(out.String(), "See a room:") {
			t.Errorf("got %s, want each command in a group", out.String())
		}
	}
}
