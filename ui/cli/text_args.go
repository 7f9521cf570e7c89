package cli

import (
	"errors"
	"fmt"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"warroom/model"
)

// takesText marks the commands whose arguments are text.
const takesText = "takes-text"

// textCommand makes a command read its arguments as text: its flags may be anywhere
// before --, and -5 or -12m is a word, not a flag.
func textCommand(c *cobra.Command) *cobra.Command {
	if c.Annotations == nil {
		c.Annotations = map[string]string{}
	}
	c.Annotations[takesText] = "yes"
	return c
}

// orderArgs moves the flags of such a command to the front, and puts -- before its words.
// It returns the arguments of other commands unchanged.
func orderArgs(root *cobra.Command, args []string) []string {
	c, rest, err := root.Find(args)
	if err != nil || c.Annotations[takesText] == "" {
		return args
	}
	c.InheritedFlags() // merges the global flags into those of the command
	var flags, words []string
	for i := 0; i < len(rest); i++ {
		s := rest[i]
		switch {
		case s == "--":
			words = append(words, rest[i+1:]...)
			i = len(rest)
		case !isFlag(s):
			words = append(words, s)
		default:
			flags = append(flags, s)
			if !takesNext(c, s) {
				continue
			}
			if i+1 == len(rest) {
				return args // cobra reports the missing value
			}
			i++
			flags = append(flags, rest[i])
		}
	}
	out := strings.Fields(c.CommandPath())[1:]
	return append(append(append(out, flags...), "--"), words...)
}

// isFlag reports whether a word is a flag: it begins with a dash and is neither a number,
// a time such as -12m, nor the dash for stdin.
func isFlag(s string) bool {
	return len(s) > 1 && s[0] == '-' && (s[1] < '0' || s[1] > '9')
}

// takesNext reports whether the word after a flag is its value.
func takesNext(c *cobra.Command, s string) bool {
	name, long := strings.CutPrefix(s, "--")
	if strings.Contains(s, "=") {
		return false
	}
	f := c.Flags().Lookup(name)
	if !long {
		if len(s) != 2 {
			return false // the value is in the word
		}
		f = c.Flags().ShorthandLookup(s[1:])
	}
	return f != nil && f.NoOptDefVal == ""
}

// flagError returns the error for an invalid flag. help is the command that lists the
// flags.
func flagError(cmd *cobra.Command, err error, help string) error {
	var missing *pflag.NotExistError
	if errors.As(err, &missing) {
		name := "--" + missing.GetSpecifiedName()
		if s := missing.GetSpecifiedShortnames(); s != "" {
			name = "-" + s
		}
		no := model.Safef("there is no flag %s", briefly(name))
		if cmd.Annotations[takesText] == "" {
			return usage(model.Safef("%s; see %s", no, help))
		}
		room := ""
		if argName(cmd, 0) == "ROOM" {
			room = " ROOM"
		}
		return usage(model.Safef("%s; see %s, or put -- before a text that begins with a dash: %s%s -- %s", no, help,
			cmd.CommandPath(), room, briefly(name)))
	}
	return usage(model.Safef("%s; see %s", flagWords(err), help))
}

// flagWords rewords an error of the flag library.
func flagWords(err error) string {
	var bad *pflag.InvalidValueError
	if errors.As(err, &bad) {
		takes := bad.GetFlag().Value.Type()
		switch takes {
		case "float64", "int", "uint64":
			takes = "a number"
		case "bool":
			takes = "true or false"
		case "duration":
			takes = "a duration, such as 30s"
		}
		return fmt.Sprintf("--%s takes %s, not %q", bad.GetFlag().Name, takes, bad.GetValue())
	}
	return briefly(err.Error()).String()
}
