package cli

import (
	"context"
	"io"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"warroom/model"
	"warroom/model/backend"
	"warroom/model/playbook"
)

// completeWait is how long completion waits for the hub.
const completeWait = 3 * time.Second

// choices returns the possible values of a word, each with a description after a tab.
type choices func(a *app, args []string, word string) []cobra.Completion

// argChoices are the completions of arguments, by command.
var argChoices = map[string]choices{
	"open": oneRoom, "wall": oneRoom, "status": oneRoom, "tail": oneRoom, "report": oneRoom, "indicators": oneRoom,
	"export": oneRoom, "verify": oneRoom, "note": oneRoom, "do": composerLine, "close": anyRooms,
	"evidence add": oneRoom, "evidence list": oneRoom, "evidence get": oneRoom, "evidence custody": oneRoom,
	"invite": onePerson, "revoke": onePerson, "playbook show": playbookNames, "oncall": purposes,
}

// fileCommands are the commands with an argument that may be a file.
var fileCommands = []string{"verify", "evidence add", "ingest", "import", "playbook check"}

// dirCommands are the commands whose argument is a directory.
var dirCommands = []string{"backup", "restore", "man"}

// flagChoices are the completions of flag values: of one command, such as "tail --kind",
// or of all.
var flagChoices = map[string]choices{
	"--severity": severities, "declare --kind": incidentKinds, "tail --kind": eventKinds, "report --kind": eventKinds,
	"--playbook": playbookNames, "--profile": profiles, "--by": people, "--restricted": people, "--room": anyRooms,
	"--rooms": anyRooms, "report --format": fixed("md", "json", "html"),
	"indicators --format": fixed("text", "csv", "stix", "json"), "--paper": fixed("a4", "letter"),
	"--class": fixed(model.EvidenceClasses...), "--right": fixed("watch", "write", "command", "intake"),
	"--criterion": criteria,
}

// addCompletion registers the completions of a command and its subcommands.
func addCompletion(a *app, c *cobra.Command) {
	words := wordsOf(c)
	directive := cobra.ShellCompDirectiveNoFileComp
	if slices.Contains(fileCommands, words) {
		directive = cobra.ShellCompDirectiveDefault
	}
	if slices.Contains(dirCommands, words) {
		c.ValidArgsFunction = func(*cobra.Command, []string, string) ([]cobra.Completion, cobra.ShellCompDirective) {
			return nil, cobra.ShellCompDirectiveFilterDirs
		}
	} else if f := argChoices[words]; f != nil {
		c.ValidArgsFunction = completer(a, f, directive)
	} else if !c.HasSubCommands() && c.ValidArgsFunction == nil && directive != cobra.ShellCompDirectiveDefault {
		c.ValidArgsFunction = cobra.NoFileCompletions
	}
	c.LocalNonPersistentFlags().VisitAll(func(f *pflag.Flag) {
		of := flagChoices[words+" --"+f.Name]
		if of == nil {
			of = flagChoices["--"+f.Name]
		}
		if of != nil {
			// The flag exists, so there is no error.
			_ = c.RegisterFlagCompletionFunc(f.Name, completer(a, of, cobra.ShellCompDirectiveNoFileComp))
		}
	})
	for _, sub := range c.Commands() {
		addCompletion(a, sub)
	}
}

// completer returns the function that the completion script of the shell calls. It prints
// no messages, because the user is editing a line.
func completer(a *app, of choices, directive cobra.ShellCompDirective) cobra.CompletionFunc {
	return func(_ *cobra.Command, args []string, word string) ([]cobra.Completion, cobra.ShellCompDirective) {
		a.Stderr = io.Discard
		if err := a.configure(); err != nil {
			return nil, directive
		}
		return of(a, args, word), directive
	}
}

func fixed(words ...string) choices {
	return func(*app, []string, string) []cobra.Completion { return words }
}

// described returns a completion with a description.
func described(word string, about model.Safe) cobra.Completion {
	return cobra.CompletionWithDesc(model.CleanLine(word).String(), about.String())
}

// roomList returns the rooms of the hub that are not closed and the newest that are, none
// where it does not answer in time.
func (a *app) roomList() (list []model.RoomInfo) {
	ctx, cancel := context.WithTimeout(context.Background(), completeWait)
	defer cancel()
	err := a.withHub(ctx, "cli", func(ctx context.Context, h backend.Hub) (err error) {
		list, _, err = h.Recent(ctx, closedShown)
		return err
	})
	if err != nil {
		return nil
	}
	return list
}

func anyRooms(a *app, args []string, _ string) []cobra.Completion {
	var out []cobra.Completion
	for _, i := range a.roomList() {
		if i.Room != nil && !slices.Contains(args, i.Short) {
			out = append(out, described(i.Short,
				model.Safef("%s, %s, %s", i.Room.Severity, string(i.Room.Status), i.Room.Title)))
		}
	}
	return out
}

func oneRoom(a *app, args []string, word string) []cobra.Completion {
	if len(args) > 0 {
		return nil
	}
	return anyRooms(a, args, word)
}

// composerLine completes the room, and then the line like the composer.
func composerLine(a *app, args []string, word string) (out []cobra.Completion) {
	if len(args) == 0 {
		return anyRooms(a, args, word)
	}
	r := roomToComplete(a, args[0])
	if r == nil {
		return nil
	}
	head := strings.Join(append(slices.Clone(args[1:]), ""), " ")
	ctx := model.Ctx{Room: r, Now: a.Clock.Now(), Zone: a.zone(), Plan: a.plan}
	for _, c := range model.Complete(head+word, ctx) {
		if rest, ok := strings.CutPrefix(c.Line, head); ok {
			out = append(out, described(strings.TrimSpace(rest), c.Help))
		}
	}
	return out
}

// roomToComplete folds a room from its log, nil where it cannot be read in time.
func roomToComplete(a *app, short string) *model.Room {
	r := model.NewRoom()
	ctx, cancel := context.WithTimeout(context.Background(), completeWait)
	defer cancel()
	err := a.withHub(ctx, "cli", func(ctx context.Context, h backend.Hub) error {
		short, err := model.ShortOf(ctx, h.List, short)
		if err != nil {
			return err
		}
		return h.Events(ctx, short, 1, func(e *model.Event) error {
			r = model.Apply(r, e)
			return nil
		})
	})
	if err != nil {
		return nil
	}
	return r
}

// people are the people of all rooms.
func people(a *app, _ []string, _ string) []cobra.Completion {
	var names []string
	for _, i := range a.roomList() {
		if i.Room == nil {
			continue
		}
		for _, m := range i.Room.Members {
			if m.Handle != "hub" {
				names = append(names, m.Handle)
			}
		}
	}
	slices.Sort(names)
	return slices.Compact(names)
}

func onePerson(a *app, args []string, word string) []cobra.Completion {
	if len(args) > 0 {
		return nil
	}
	return people(a, args, word)
}

// ownPlan returns the configured playbook, or nil if it cannot be read.
func (a *app) ownPlan() *model.Plan {
	p, err := a.plan("")
	if err != nil {
		return nil
	}
	return p
}

func severities(a *app, _ []string, _ string) (out []cobra.Completion) {
	if p := a.ownPlan(); p != nil {
		for _, s := range p.Severities {
			out = append(out, described(s.ID, model.CleanLine(strings.Join(s.Aliases, ", "))))
		}
	}
	return out
}

func criteria(a *app, _ []string, _ string) (out []cobra.Completion) {
	if p := a.ownPlan(); p != nil {
		for _, s := range p.Severities {
			for _, c := range s.Criteria {
				out = append(out, described(c.ID, model.Safef("%s: %s", s.ID, c.Text)))
			}
		}
	}
	return out
}

func incidentKinds(a *app, _ []string, _ string) (out []cobra.Completion) {
	if p := a.ownPlan(); p != nil {
		for _, k := range p.Kinds {
			out = append(out, described(k.ID, model.CleanLine(k.Label)))
		}
	}
	return out
}

func eventKinds(*app, []string, string) []cobra.Completion {
	return strings.Split(kindWords(), ", ")
}

func playbookNames(a *app, args []string, _ string) (out []cobra.Completion) {
	if len(args) > 0 {
		return nil
	}
	list, _ := playbook.Names(a.cfg.Playbooks)
	for _, i := range list {
		if i.Err == nil {
			out = append(out, described(i.Name, model.CleanLine(i.Title)))
		}
	}
	return out
}

func profiles(*app, []string, string) (out []cobra.Completion) {
	for _, p := range model.Profiles {
		out = append(out, p.Name)
	}
	return out
}

func purposes(a *app, args []string, _ string) (out []cobra.Completion) {
	if len(args) > 0 {
		return nil
	}
	for _, c := range a.known() {
		out = append(out, c.Purposes()...)
	}
	return out
}
