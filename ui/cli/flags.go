package cli

import (
	"errors"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"warroom/model"
)

// noCommandArgs returns an error for words that are not a command, with the nearest one.
func noCommandArgs(cmd *cobra.Command, args []string) error {
	if len(args) == 0 {
		return nil
	}
	path := cmd.CommandPath()
	switch word := strings.TrimSpace(args[0]); {
	case word == "":
		return usage(model.Safef("COMMAND is empty; see %s --help", path))
	case slices.ContainsFunc(cmd.Commands(), func(c *cobra.Command) bool { return c.Name() == word }):
		return usage(model.Safef("-- ends the flags and stands before a text; write it as: %s %s", path, word))
	}
	no := model.Safef("there is no command %s", briefly(strings.TrimSpace(wordsOf(cmd)+" "+args[0])))
	for cmd.SuggestionsMinimumDistance = 1; cmd.SuggestionsMinimumDistance < 3; cmd.SuggestionsMinimumDistance++ {
		near := slices.DeleteFunc(cmd.SuggestionsFor(args[0]), func(name string) bool { // "foo" is not "do"
			return model.Distance(name, args[0]) > max(1, (len(name)+1)/3) && !strings.HasPrefix(name, args[0])
		})
		if len(near) > 0 {
			return usage(model.Safef("%s; did you mean %s %s?", no, path, near[0]))
		}
	}
	return usage(model.Safef("%s; see %s --help", no, path))
}

// choice is the value of a flag that takes one of several words.
type choice struct {
	to    *string
	words []string
}

// choiceFlag adds a flag that takes one of several words.
func choiceFlag(f *pflag.FlagSet, to *string, name, def, help string, words ...string) {
	*to = def
	f.Var(&choice{to: to, words: words}, name, help)
}

func (c *choice) String() string {
	if c.to == nil { // pflag compares with the zero value
		return ""
	}
	return *c.to
}

// Set implements pflag.Value. The error is reworded by flagWords.
func (c *choice) Set(s string) error {
	if !slices.Contains(c.words, s) {
		return errors.New("no such word")
	}
	*c.to = s
	return nil
}

// Type returns the words of the choice.
func (c *choice) Type() string { return orWords(c.words) }

// orWords lists words as "md, json or html".
func orWords(words []string) string {
	last := len(words) - 1
	return strings.Join(words[:last], ", ") + " or " + words[last]
}

// usageIfInvalid makes an error about a word that cannot be parsed one about the command line.
func usageIfInvalid(err error) error {
	if model.CodeOf(err) == model.Invalid {
		return usage(model.Sentence(err))
	}
	return err
}

// exactly requires n arguments.
func exactly(n int, form string) cobra.PositionalArgs {
	return func(_ *cobra.Command, args []string) error {
		if len(args) != n {
			return usage(model.Safef("write it as: warroom %s", form))
		}
		return nil
	}
}

// maxArgs requires at most n arguments.
func maxArgs(n int, form string) cobra.PositionalArgs {
	return func(_ *cobra.Command, args []string) error {
		if len(args) > n {
			return usage(model.Safef("write it as: warroom %s", form))
		}
		return nil
	}
}

// atLeast requires at least n arguments.
func atLeast(n int, form string) cobra.PositionalArgs {
	return func(_ *cobra.Command, args []string) error {
		if len(args) < n {
			return usage(model.Safef("write it as: warroom %s", form))
		}
		return nil
	}
}

// peopleFlag parses the people in a flag.
func peopleFlag(flag, s string) ([]string, error) {
	list, err := model.People(s)
	if err != nil {
		return nil, usage(model.Safef("--%s: %s", flag, model.Sentence(err)))
	}
	return list, nil
}

// timeFlag parses the time in a flag, like the composer.
func timeFlag(a *app, flag, s string) (time.Time, error) {
	if s == "" {
		return time.Time{}, nil
	}
	typed := s
	if s[0] != '-' && s[0] != '@' {
		s = "@" + s
	}
	at, rest, err := model.LeadingTime(s, a.Clock.Now(), a.zone())
	if err != nil { // with the word as it was typed
		why := strings.Replace(model.Sentence(err).String(), strconv.Quote(s), strconv.Quote(typed), 1)
		return at, usage(model.Safef("--%s: %s", flag, why))
	}
	if at.IsZero() || rest != "" {
		return at, usage(model.Safef("--%s: %q is not a time; write -12m, 14:32, 'yesterday 23:10' or '2026-11-20 "+
			"23:10+03:00'", flag, typed))
	}
	return at, nil
}
