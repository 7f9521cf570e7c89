package cli

import (
	"strings"
	"time"

	"github.com/spf13/cobra"

	"warroom/model"
)

// noCommandArgs returns an error for words that are not a command.
func noCommandArgs(cmd *cobra.Command, args []string) error {
	if len(args) == 0 {
		return nil
	}
	s := model.Safef("there is no command %s; see warroom --help", args[0])
	if near := cmd.SuggestionsFor(args[0]); len(near) > 0 {
		s = model.Safef("there is no command %s; did you mean warroom %s?", args[0], near[0])
	}
	return usage(s)
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
	if s[0] != '-' && s[0] != '@' {
		s = "@" + s
	}
	at, rest, err := model.LeadingTime(s, a.Clock.Now(), a.zone())
	if err != nil {
		return at, err
	}
	if at.IsZero() || rest != "" {
		return at, usage(model.Safef("--%s: %s is not a time; write -12m, 14:32, 'yesterday 23:10' or '2026-11-20 "+
			"23:10+03:00'", flag, strings.TrimPrefix(s, "@")))
	}
	return at, nil
}
