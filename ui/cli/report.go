package cli

import (
	"bytes"
	"context"
	"io"

	"github.com/spf13/cobra"

	"warroom/model"
	"warroom/model/backend"
	"warroom/model/report"
	"warroom/ui/present"
)

// reportCmd writes a draft of a room's review.
func reportCmd(a *app) *cobra.Command {
	var format, profile, paper string
	var blameless bool
	var flags lineFlags
	c := &cobra.Command{
		Use:   "report [ROOM]",
		Short: "Write a draft of the review: timeline, numbers, roles, evidence, controls",
		Long: "Write the draft of a room's review to stdout, from its log alone. The parts that people\n" +
			"write come from :review in the room; what is not written yet is marked as missing. The\n" +
			"incident may still be open; the report then states it. --since, --until, --kind and --by\n" +
			"shorten the timeline; the rest of the report covers the whole room.",
		Args: maxArgs(1, "report [ROOM]"),
		RunE: func(cmd *cobra.Command, args []string) error {
			p, err := profileOf(profile)
			if err != nil {
				return err
			}
			of := *p
			if cmd.Flags().Changed("blameless") {
				of.Blameless = blameless
			}
			filter, err := flags.filter(a)
			if err != nil {
				return err
			}
			return a.withHub(cmd.Context(), "cli", func(ctx context.Context, h backend.Hub) error {
				short, err := readRoom(ctx, a, h, args)
				if err != nil {
					return err
				}
				if !p.IsWhole() {
					b := &model.ExportMade{What: "report", Profile: p.Name, Form: format}
					if err := (exports{a}).noteExport(ctx, h, short, b, 0); err != nil {
						return err
					}
				}
				d, err := reportOf(ctx, a, h, short, &of, reportOptions{paper: paper, filter: &filter})
				if err != nil {
					return err
				}
				if format == "json" {
					return a.printJSON(d)
				}
				body := d.Markdown()
				if format == "html" {
					if body, err = d.HTML(); err != nil {
						return err
					}
				}
				_, err = io.Copy(a.Stdout, bytes.NewReader(body))
				return err
			})
		},
	}
	choiceFlag(c.Flags(), &format, "format", "md", "`FORMAT`: md, json or html", "md", "json", "html")
	c.Flags().StringVar(&profile, "profile", model.Profiles[0].Name, profileHelp())
	c.Flags().BoolVar(&blameless, "blameless", false,
		"name roles instead of people; this is the default for the profiles leadership, regulator, customer and "+
			"public, and --blameless=false turns it off")
	choiceFlag(c.Flags(), &paper, "paper", report.A4, "`SIZE` of the pages when the HTML is printed: a4 or letter",
		report.A4, report.Letter)
	flags.add(c.Flags())
	c.Flags().StringVar(&flags.until, "until", "", "only entries recorded before `TIME`")
	return c
}

// reportOptions are the options of a report besides its profile. The filter applies to
// its timeline; if nil, none.
type reportOptions struct {
	paper  string
	filter *lineFilter
}

// reportOf reads a room's log to its end and generates the report.
func reportOf(ctx context.Context, a *app, h backend.Hub, short string, p *model.Profile,
	o reportOptions) (report.Report, error) {
	s, err := openSession(ctx, h, short)
	if err != nil {
		return report.Report{}, err
	}
	defer s.Close()
	v := s.Latest()
	if v.Room.Lobby {
		return report.Report{},
			model.Refuse(model.Invalid,
				"the lobby is not an incident and has no review; warroom status lobby prints its state")
	}
	if v.Link.State == model.Offline {
		a.printErr(model.Safef("%s; this report is from the copy on this machine, up to entry %d",
			present.HubSilent(v.Link), v.Room.Seq))
	}
	var log []*model.Event
	if err := h.Events(ctx, short, 1, func(e *model.Event) error {
		log = append(log, e)
		return nil
	}); err != nil {
		return report.Report{}, err
	}
	to := report.Reader{Short: short, Now: a.hubNow(v), Zone: a.zone(), Alarm: v.Proof.Alarm, Paper: o.paper}
	to.AllRooms = listsAll(a, v)
	if to.Rooms, err = roomsBeside(a, v.Room); err != nil {
		return report.Report{}, err
	}
	d := report.Of(log, to)
	if o.filter == nil || o.filter.isEmpty() {
		return d.For(p, log), nil
	}
	wanted := map[uint64]bool{} // computed with the names, which the profile may remove
	for _, l := range d.Timeline {
		wanted[l.Entry] = o.filter.keeps(model.Kind(l.Kind.String()), l.By.String(), l.Recorded)
	}
	return d.For(p, log).WithTimeline(func(l report.Line) bool { return wanted[l.Entry] }), nil
}
