package cli

import (
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"warroom/model"
)

// noEmptyFlags returns an error for a flag with an empty value, as from an unset variable in
// a script: the command would run with the default, such as another hub, another identity,
// or without the checkpoint to compare with.
func noEmptyFlags(cmd *cobra.Command) error {
	var empty string
	cmd.Flags().VisitAll(func(f *pflag.Flag) {
		if f.Changed && empty == "" && isEmptyValue(f.Value) {
			empty = f.Name
		}
	})
	if empty == "" {
		return nil
	}
	return usage(model.Safef("--%s is empty; give a value, or leave the flag out", empty))
}

// isEmptyValue reports whether a flag has an empty text, or a list without a text.
func isEmptyValue(v pflag.Value) bool {
	if strings.HasPrefix(v.Type(), "string") && v.Type() != "string" { // a list, as in [a,b] or ["a b"]
		return strings.Trim(v.String(), `[]," `) == ""
	}
	return v.Type() == "string" && strings.TrimSpace(v.String()) == ""
}

// noEmptyArgs returns an error for an empty name of a room, a file and the like. A text may
// be empty: its command checks it.
func noEmptyArgs(cmd *cobra.Command, args []string) error {
	for i, arg := range args {
		name := argName(cmd, i)
		if strings.TrimSpace(arg) != "" || name == "" || cmd.Annotations[takesText] != "" && name != "ROOM" {
			continue
		}
		return usage(model.Safef("%s is empty; give a value", name))
	}
	return nil
}

// argName returns the name of an argument in the form of a command, such as ROOM or FILE, or
// "" for a reason or a text.
func argName(cmd *cobra.Command, n int) string {
	use, _, _ := strings.Cut(cmd.Use, " | ")
	form := strings.Fields(use)[1:]
	if len(form) == 0 {
		return ""
	}
	name, _, _ := strings.Cut(strings.Trim(form[min(n, len(form)-1)], "[]"), ".")
	if name == "REASON" || name == "TEXT" || name == "TITLE" || name == "LINE" || name != strings.ToUpper(name) {
		return ""
	}
	return strings.ReplaceAll(name, "|", " or ")
}

// maxWord is the max length of a word of the command line that is repeated in an error.
const maxWord = 40

// briefly returns the beginning of a text for an error.
func briefly(s string) model.Safe {
	safe := model.CleanLine(s)
	if safe.Len() <= 2*maxWord {
		return safe
	}
	return model.Safef("%s…", safe.Slice(0, maxWord))
}
