package cli

import (
	"context"
	"strings"

	"github.com/spf13/cobra"

	"warroom/model"
	"warroom/model/backend"
	"warroom/model/secretscan"
)

// noteCmd writes a note. Its text is taken literally.
func noteCmd(a *app) *cobra.Command {
	var insist bool
	return guarding(&insist, &cobra.Command{
		Use:   "note ROOM TEXT... | -",
		Short: "Write a note; prints the number of its entry",
		Long: "Write a note and print the number of its entry. The text is stored as it is: only do and\n" +
			"the screen run commands. With - as the text, stdin is read. Flags may stand anywhere; --\n" +
			"ends them. What looks like a secret is stored as a fingerprint, unless you give --insist.",
		Args: atLeast(2, "note ROOM TEXT, or note ROOM - to read it from stdin"),
		RunE: func(cmd *cobra.Command, args []string) error {
			text, err := a.text(args[1:])
			if err != nil {
				return err
			}
			return a.withSession(cmd.Context(), args[0], func(ctx context.Context, s model.RoomSession) error {
				if !insist {
					text = a.guarded(s.Latest().Room, text, insistFlag)
				}
				r, err := a.store(ctx, s, model.Act{Body: model.NewEntry(model.KindEntryNoted, text)})
				if err != nil {
					return err
				}
				return a.printNumber(s, r)
			})
		},
	})
}

// guarding makes a command mask secrets in its text, unless insist is set.
func guarding(insist *bool, c *cobra.Command) *cobra.Command {
	c.Flags().BoolVar(insist, "insist", false, "store the text unchanged, even if something in it looks like a secret")
	return textCommand(c)
}

// doCmd runs a composer line.
func doCmd(a *app) *cobra.Command {
	var insist bool
	return guarding(&insist, &cobra.Command{
		Use:   "do ROOM LINE",
		Short: "Run one line as if typed in the room: :check 3, !decision, -12m note",
		Long: "Run one line as if typed in the room, and print the number of each entry that it writes.\n" +
			"Flags may stand anywhere; -- ends them. ':help' lists the commands, ':help WORD' those with that word.",
		Args: atLeast(2, "do ROOM ':check 3'"),
		RunE: func(cmd *cobra.Command, args []string) error {
			line, err := a.text(args[1:])
			if err != nil {
				return err
			}
			if word, ok := helpWord(line); ok {
				return printVerbs(a, args[0] == model.LobbyShort, word)
			}
			return a.withHub(cmd.Context(), "cli", func(ctx context.Context, h backend.Hub) error {
				return a.inSession(ctx, h, args[0], func(ctx context.Context, s model.RoomSession) error {
					v := s.Latest()
					reportSimilar(ctx, a, h, v.Room, line)
					if !insist && !secretscan.Insists(line) {
						line = a.guarded(v.Room, line, insistFlag)
					}
					return a.act(ctx, s, line, func(r model.Receipt) error { return a.printNumber(s, r) })
				})
			})
		},
	})
}

// helpWord returns the word that a :help command is about, "" for all commands.
func helpWord(line string) (word string, ok bool) {
	name, word, _ := strings.Cut(strings.TrimSpace(line), " ")
	return strings.TrimSpace(word), strings.EqualFold(name, ":help")
}

// printVerbs lists the commands of the composer, or those in which a word occurs.
func printVerbs(a *app, lobby bool, word string) error {
	var list []model.Safe
	for _, v := range verbsOf(lobby) {
		list = append(list, verbLine(v))
	}
	if list = withWord(list, word); len(list) == 0 {
		return usage(noCommandHas(word))
	}
	for _, l := range list {
		if err := a.print(l); err != nil {
			return err
		}
	}
	return nil
}

// withWord returns the descriptions of commands that have a word.
func withWord(list []model.Safe, word string) []model.Safe {
	if word == "" {
		return list
	}
	var out []model.Safe
	for _, l := range list {
		if strings.HasPrefix(l.String(), ":") && strings.Contains(strings.ToLower(l.String()), strings.ToLower(word)) {
			out = append(out, l)
		}
	}
	return out
}

// noCommandHas reports that a word occurs in the help of no command.
func noCommandHas(word string) model.Safe {
	return model.Safef("no command has the word %s; :help lists all of them", word)
}

// verbsOf returns the commands of the composer in a room or in the lobby.
func verbsOf(lobby bool) []model.Verb {
	if lobby {
		return model.LobbyVerbs()
	}
	return model.Verbs()
}

// verbLine describes a command of the composer.
func verbLine(v model.Verb) model.Safe { return model.Safef(":%s %s  %s", v.Name, v.Args, v.Help) }
