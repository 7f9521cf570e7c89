package cli

import (
	"slices"
	"strings"

	"github.com/spf13/cobra"
)

// commandGroup is a section of the list of commands in the help.
type commandGroup struct {
	id, title string
	commands  []string
}

// commandGroups are the sections of the help, in order.
var commandGroups = []commandGroup{
	{id: "see", title: "See a room:", commands: []string{"open", "wall", "rooms", "status", "tail", "demo"}},
	{id: "write", title: "Write into a room:", commands: []string{"declare", "note", "do", "ingest", "evidence",
		"close"}},
	{id: "record", title: "Reports and records:", commands: []string{"report", "indicators", "export", "verify",
		"import"}},
	{id: "run", title: "Run the hub and let people in:",
		commands: []string{"serve", "invite", "revoke", "backup", "restore", "oncall", "playbook"}},
	{id: "about", title: "About this program:", commands: []string{"doctor", "completion", "version", "help"}},
}

// examples are the examples of each command.
var examples = map[string][]string{
	"":       {"warroom", "warroom --plain", "warroom help note"},
	"open":   {"warroom open", "warroom open inc-7"},
	"wall":   {"warroom wall", "warroom wall inc-7"},
	"rooms":  {"warroom rooms --open --severity SEV-1", "warroom rooms --overdue --json"},
	"status": {"warroom status", "warroom status inc-7 --json", "warroom status inc-7 --watch"},
	"tail": {
		"warroom tail inc-7 -n 50",
		"warroom tail --since 1h --kind decision,update --by ana --no-follow",
	},
	"demo": {"warroom demo", "warroom demo --speed 4"},
	"declare": {
		"warroom declare --severity SEV-1 Deploy key in a public CI log",
		"warroom declare --severity SEV-3 --drill --kind credential_leak Key drill",
	},
	"note": {
		"warroom note inc-7 build-7 is cut off",
		"warroom note inc-7 - < curl.log",
		"warroom note inc-7 -- --force was used",
	},
	"do": {
		"warroom do inc-7 ':check 3 old key answers 403'",
		"warroom do inc-7 '!we revoke all keys'",
		"warroom do inc-7 -12m di saw the first call",
	},
	"ingest":   {"warroom ingest gitleaks.json", "warroom ingest - --room inc-7 < trivy.json"},
	"evidence": {"warroom evidence list inc-7", "warroom evidence add inc-7 auth.log --class log"},
	"evidence add": {
		"warroom evidence add inc-7 auth.log --class log --host web3",
		"journalctl -u sshd | warroom evidence add inc-7 - --class log --name sshd.log",
	},
	"evidence list": {"warroom evidence list", "warroom evidence list inc-7 E3 --json"},
	"evidence get": {
		"warroom evidence get inc-7 E3 -o auth.log",
		"warroom evidence get inc-7 E3 --reason 'for the lab' > auth.log",
	},
	"evidence custody": {
		"warroom evidence custody inc-7 E3 transfer @bo for the lab",
		"warroom evidence custody inc-7 E3 accept",
	},
	"close": {
		"warroom close inc-7 --reason 'all follow-ups are done'",
		"warroom close inc-7 inc-8 --reason 'drills of today'",
	},
	"report": {
		"warroom report inc-7 > inc-7.md",
		"warroom report --format html --profile leadership > inc-7.html",
	},
	"indicators": {
		"warroom indicators inc-7",
		"warroom indicators inc-7 --format stix > inc-7.stix.json",
	},
	"export": {
		"warroom export inc-7 -o inc-7.zip",
		"warroom export inc-7 --profile regulator -o inc-7.zip",
	},
	"verify": {"warroom verify inc-7.zip", "warroom verify inc-7 --witness 2"},
	"import": {"warroom import inc-7.zip", "warroom --data ./copy import inc-7.zip"},
	"serve": {
		"warroom serve --ssh 127.0.0.1:2222 --authorized-keys keys",
		"warroom serve --nats 0.0.0.0:4222",
	},
	"invite": {
		"warroom invite bo --right write > bo.warroom",
		"warroom invite eve --right watch --rooms inc-7 --until 48h > eve.warroom",
	},
	"revoke":         {"warroom revoke bo laptop was stolen", "warroom revoke bo --lift"},
	"backup":         {"warroom backup /mnt/backup/warroom", "warroom --data /var/lib/warroom backup /mnt/backup"},
	"restore":        {"warroom restore /mnt/backup/warroom", "warroom --data /var/lib/warroom restore /mnt/backup"},
	"oncall":         {"warroom oncall", "warroom oncall security --json"},
	"playbook":       {"warroom playbook list", "warroom playbook show security"},
	"playbook list":  {"warroom playbook list", "warroom --config other.toml playbook list"},
	"playbook show":  {"warroom playbook show security", "warroom playbook show my-plan | less"},
	"playbook check": {"warroom playbook check my-plan.toml", "warroom playbook check ./plans/cloud.toml"},
	"playbook new":   {"warroom playbook new my-plan", "${EDITOR:-vi} \"$(warroom playbook new my-plan)\""},
	"doctor":         {"warroom doctor", "warroom doctor --repair inc-7"},
	"version":        {"warroom version", "warroom --version"},
	"completion": {
		"source <(warroom completion bash)",
		"warroom completion fish > ~/.config/fish/completions/warroom.fish",
	},
	"completion bash": {
		"source <(warroom completion bash)",
		"warroom completion bash > /etc/bash_completion.d/warroom",
	},
	"completion zsh": {"source <(warroom completion zsh)", "warroom completion zsh > ~/.zfunc/_warroom"},
	"completion fish": {
		"warroom completion fish | source",
		"warroom completion fish > ~/.config/fish/completions/warroom.fish",
	},
	"completion powershell": {
		"warroom completion powershell > warroom.ps1",
		"warroom completion powershell --no-descriptions",
	},
	"help": {"warroom help", "warroom help tail"},
}

// guestExamples are the examples for guests, if they differ: guests have no files on the
// server.
var guestExamples = map[string][]string{
	"":       {"ssh HOST", "ssh -t HOST inc-7"},
	"ingest": {"ssh HOST ingest - < gitleaks.json", "ssh HOST ingest - --room inc-7 < trivy.json"},
	"evidence": {
		"ssh HOST evidence list inc-7",
		"ssh HOST evidence add inc-7 - --name auth.log < auth.log",
	},
	"evidence add": {
		"ssh HOST evidence add inc-7 - --name auth.log --class log < auth.log",
		"ssh HOST evidence add inc-7 - --resume E3 < dump",
	},
	"evidence get": {
		"ssh HOST evidence get inc-7 E3 > auth.log",
		"ssh HOST evidence get inc-7 E3 --reason 'for the lab' > auth.log",
	},
	"evidence custody": {
		"ssh HOST evidence custody inc-7 E3 accept",
		"ssh HOST evidence custody inc-7 E3 decline not mine",
	},
	"export": {
		"ssh HOST export inc-7 > inc-7.zip",
		"ssh HOST export inc-7 --profile regulator > inc-7.zip",
	},
	"verify":  {"ssh HOST verify", "ssh HOST verify inc-7"},
	"version": {"ssh HOST version", "ssh HOST version | head -1"},
}

// wordsOf returns the words of a command, without the program's name.
func wordsOf(c *cobra.Command) string {
	_, words, _ := strings.Cut(c.CommandPath(), " ")
	return words
}

// groupHelp sorts the commands into the sections of the help and adds the examples. lead
// replaces the program's name in them.
func groupHelp(root *cobra.Command, lead string) {
	groupOf := map[string]string{}
	for _, g := range commandGroups {
		for _, name := range g.commands {
			groupOf[name] = g.id
		}
	}
	used := map[string]bool{}
	for _, c := range root.Commands() {
		if id := groupOf[c.Name()]; id != "" {
			c.GroupID, used[id] = id, true
		}
	}
	for _, g := range commandGroups {
		if used[g.id] || g.id == "about" {
			root.AddGroup(&cobra.Group{ID: g.id, Title: g.title})
		}
	}
	root.SetHelpCommandGroupID("about")
	root.InitDefaultHelpCmd()
	strictHelp(root)
	addExamples(root, lead)
}

// strictHelp makes the help command refuse words that are not a command.
func strictHelp(root *cobra.Command) {
	for _, c := range root.Commands() {
		if c.Name() != "help" {
			continue
		}
		c.Run, c.RunE = nil, func(_ *cobra.Command, args []string) error {
			of, rest, err := root.Find(args)
			if err != nil || of == root || of.HasSubCommands() {
				if err := noCommandArgs(of, rest); err != nil {
					return err
				}
			}
			of.InitDefaultHelpFlag()
			return of.Help()
		}
	}
}

// addExamples adds the examples to a command and its subcommands.
func addExamples(c *cobra.Command, lead string) {
	list := slices.Clone(examples[wordsOf(c)])
	if lead != "warroom" {
		for i := range list {
			list[i] = strings.Replace(list[i], "warroom", lead, 1)
		}
		if own := guestExamples[wordsOf(c)]; own != nil {
			list = own
		}
	}
	if len(list) > 0 {
		c.Example = "  " + strings.Join(list, "\n  ")
	}
	for _, sub := range c.Commands() {
		addExamples(sub, lead)
	}
}
