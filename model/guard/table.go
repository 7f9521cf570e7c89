package guard

// set is a set of bytes.
type set [256]bool

func of(ranges string) *set {
	var s set
	for i := 0; i+1 < len(ranges); i += 2 {
		for c := int(ranges[i]); c <= int(ranges[i+1]); c++ {
			s[c] = true
		}
	}
	return &s
}

// The alphabets of secrets, as pairs of a first and a last byte.
var (
	digits  = of("09")
	hexes   = of("09af")
	base32  = of("AZ27")
	upper   = of("AZ09")
	alnum   = of("AZaz09")
	wordy   = of("AZaz09__--")
	dotted  = of("AZaz09__--..")
	padded  = of("AZaz09++//==")
	visible = of("!~")

	percented = of("AZaz09__--%%++//==..")
	upperDash = of("AZ09--")
)

// form is how one kind of secret looks: a prefix, then from least to most bytes
// of an alphabet, and then none.
type form struct {
	prefix      string
	kind        string
	in          *set
	least, most int
}

// many is more than any secret is long.
const many = 4096

// forms is the table of secrets that are known by how they begin.
var forms = []form{
	{"ghp_", "github-token", alnum, 36, 255}, {"gho_", "github-token", alnum, 36, 255}, {"ghu_", "github-token", alnum, 36, 255},
	{"ghs_", "github-token", alnum, 36, 255}, {"ghr_", "github-token", alnum, 36, 255}, {"github_pat_", "github-token", wordy, 60, 255},
	{"glpat-", "gitlab-token", dotted, 20, 300}, {"glptt-", "gitlab-token", wordy, 40, 40}, {"gldt-", "gitlab-token", wordy, 20, 64},
	{"glrt-", "gitlab-token", dotted, 20, 300}, {"glcbt-", "gitlab-token", wordy, 20, 64}, {"glsoat-", "gitlab-token", wordy, 20, 64},
	{"xoxb-", "slack-token", wordy, 20, 255}, {"xoxp-", "slack-token", wordy, 20, 255}, {"xoxa-", "slack-token", wordy, 20, 255},
	{"xoxr-", "slack-token", wordy, 20, 255}, {"xoxs-", "slack-token", wordy, 20, 255}, {"xoxe-", "slack-token", wordy, 20, 255},
	{"xoxd-", "slack-token", percented, 20, 400}, {"xoxc-", "slack-token", wordy, 20, 255}, {"xoxe.xoxp-", "slack-token", wordy, 20, 255}, {"xapp-", "slack-token", wordy, 20, 255},
	{"sk_live_", "stripe-key", alnum, 10, 255}, {"sk_test_", "stripe-key", alnum, 10, 255}, {"rk_live_", "stripe-key", alnum, 10, 255},
	{"rk_test_", "stripe-key", alnum, 10, 255}, {"whsec_", "stripe-key", padded, 24, 255},
	{"sk-ant-", "anthropic-key", wordy, 40, 255}, {"sk-proj-", "openai-key", wordy, 40, 255}, {"sk-svcacct-", "openai-key", wordy, 40, 255},
	{"sk-admin-", "openai-key", wordy, 40, 255}, {"sk-or-v1-", "openrouter-key", hexes, 64, 64}, {"sk-", "openai-key", alnum, 48, 64},
	{"AIza", "google-key", wordy, 35, 35}, {"GOCSPX-", "google-secret", wordy, 28, 28}, {"ya29.", "google-token", wordy, 30, 2048},
	{"npm_", "npm-token", alnum, 36, 36}, {"pypi-AgEIcHlwaS5vcmc", "pypi-token", wordy, 50, 1000}, {"pypi-AgENdGVzdC5weXBp", "pypi-token", wordy, 50, 1000},
	{"rubygems_", "rubygems-key", hexes, 48, 48}, {"dckr_pat_", "docker-token", wordy, 27, 27}, {"dckr_oat_", "docker-token", wordy, 32, 32},
	{"dop_v1_", "digitalocean-token", hexes, 64, 64}, {"doo_v1_", "digitalocean-token", hexes, 64, 64}, {"dor_v1_", "digitalocean-token", hexes, 64, 64},
	{"hvs.", "vault-token", wordy, 24, 255}, {"hvb.", "vault-token", wordy, 100, 300}, {"hvr.", "vault-token", wordy, 24, 255},
	{"shpat_", "shopify-token", hexes, 32, 32}, {"shpca_", "shopify-token", hexes, 32, 32}, {"shppa_", "shopify-token", hexes, 32, 32}, {"shpss_", "shopify-secret", hexes, 32, 32},
	{"SG.", "sendgrid-key", dotted, 60, 80}, {"key-", "mailgun-key", hexes, 32, 32}, {"sq0atp-", "square-token", wordy, 22, 22}, {"sq0csp-", "square-token", wordy, 43, 43},
	{"lin_api_", "linear-key", alnum, 40, 40}, {"PMAK-", "postman-key", wordy, 59, 59}, {"NRAK-", "newrelic-key", upper, 27, 27}, {"NRJS-", "newrelic-key", hexes, 19, 19},
	{"glsa_", "grafana-token", wordy, 41, 41}, {"glc_", "grafana-token", padded, 32, 400}, {"pul-", "pulumi-token", hexes, 40, 40}, {"figd_", "figma-token", wordy, 40, 80},
	{"ntn_", "notion-token", alnum, 40, 50}, {"secret_", "notion-token", alnum, 43, 43}, {"hf_", "huggingface-token", alnum, 34, 40}, {"gsk_", "groq-key", alnum, 50, 60},
	{"r8_", "replicate-token", alnum, 37, 37}, {"nvapi-", "nvidia-key", wordy, 60, 70}, {"xai-", "xai-key", alnum, 80, 80}, {"pplx-", "perplexity-key", alnum, 48, 48},
	{"AGE-SECRET-KEY-1", "age-key", upper, 58, 58}, {"dapi", "databricks-token", hexes, 32, 32}, {"dp.pt.", "doppler-token", alnum, 40, 44}, {"dp.st.", "doppler-token", dotted, 40, 80},
	{"sntrys_", "sentry-token", padded, 60, 400}, {"sntryu_", "sentry-token", hexes, 64, 64}, {"sbp_", "supabase-token", hexes, 40, 40}, {"pscale_tkn_", "planetscale-token", dotted, 32, 64},
	{"pscale_pw_", "planetscale-password", dotted, 32, 64}, {"fo1_", "fly-token", wordy, 43, 43}, {"fm2_", "fly-token", padded, 100, 2000}, {"ATATT3", "atlassian-token", wordy, 150, 250},
	{"ATBB", "bitbucket-token", alnum, 32, 32}, {"ATCTT3", "bitbucket-token", wordy, 150, 250}, {"tskey-", "tailscale-key", wordy, 20, 80},
	{"duffel_live_", "duffel-token", wordy, 43, 43}, {"EZAK", "easypost-key", alnum, 54, 54}, {"sk_prod_", "api-key", wordy, 20, 200}, {"vercel_", "vercel-token", alnum, 24, 60},
	{"4b1d", "clickhouse-key", alnum, 38, 38}, {"EAAM", "facebook-token", alnum, 100, 300}, {"EAAC", "facebook-token", alnum, 100, 300},
	{"dnkey-", "defined-networking-key", wordy, 79, 79}, {"duffel_test_", "duffel-token", wordy, 43, 43},
	{"nfp_", "netlify-token", alnum, 36, 40}, {"rnd_", "render-key", alnum, 28, 40}, {"sb_secret_", "supabase-key", wordy, 20, 60}, {"HRKU-AA", "heroku-key", wordy, 50, 70},
	{"EAAA", "square-token", wordy, 56, 80}, {"ops_eyJ", "1password-token", padded, 100, 2000}, {"A3-", "1password-key", upperDash, 31, 36}, {"cio", "crates-token", alnum, 32, 32},
	{"SK", "twilio-key", hexes, 32, 32}, {"sha256~", "openshift-token", wordy, 43, 43}, {"dt0c01.", "dynatrace-token", dotted, 80, 100}, {"EZTK", "easypost-key", alnum, 54, 54},
	{"FLWSECK", "flutterwave-key", wordy, 18, 50}, {"fio-u-", "frameio-token", wordy, 64, 64}, {"GR1348941", "gitlab-token", wordy, 20, 20}, {"gloas-", "gitlab-token", hexes, 64, 64},
	{"glft-", "gitlab-token", wordy, 20, 64}, {"glimt-", "gitlab-token", wordy, 25, 25}, {"glagent-", "gitlab-token", wordy, 50, 50}, {"glffct-", "gitlab-token", wordy, 20, 20},
	{"CLOJARS_", "clojars-token", alnum, 60, 60}, {"v1.0-", "cloudflare-key", wordy, 160, 180}, {"ico-", "infracost-key", alnum, 32, 32}, {"NRII-", "newrelic-key", wordy, 32, 32},
	{"pnu_", "prefect-key", alnum, 36, 36}, {"rdme_", "readme-key", alnum, 70, 70}, {"tk-us-", "scalingo-token", wordy, 48, 48}, {"xkeysib-", "brevo-key", wordy, 70, 90},
	{"shippo_live_", "shippo-token", hexes, 40, 40}, {"shippo_test_", "shippo-token", hexes, 40, 40}, {"sgp_", "sourcegraph-token", wordy, 40, 60}, {"squ_", "sonar-token", hexes, 40, 40},
	{"sqp_", "sonar-token", hexes, 40, 40}, {"sqa_", "sonar-token", hexes, 40, 40}, {"tfp_", "typeform-token", dotted, 59, 59}, {"t1.", "yandex-token", dotted, 80, 200},
	{"AQVN", "yandex-key", wordy, 35, 38}, {"AKCp", "artifactory-key", alnum, 69, 69}, {"oy2", "nuget-key", alnum, 43, 43}, {"API-", "octopus-key", upper, 26, 26},
	{"api_org_", "huggingface-token", alnum, 34, 34}, {"b_", "beamer-key", wordy, 44, 44}, {"LTAI", "alibaba-key", alnum, 20, 20}, {"sm_aat_", "settlemint-token", alnum, 16, 16},
	{"sq0idb-", "square-token", wordy, 22, 22}, {"pat.", "harness-token", dotted, 60, 80}, {"patna", "airtable-token", dotted, 70, 90}, {"mfa.", "discord-token", wordy, 80, 90},
	{"SUA", "nats-seed", base32, 55, 55}, {"SAA", "nats-seed", base32, 55, 55}, {"SOA", "nats-seed", base32, 55, 55}, {"SNA", "nats-seed", base32, 55, 55},
	{"SCA", "nats-seed", base32, 55, 55}, {"SXA", "nats-seed", base32, 55, 55}, {"SPA", "nats-seed", base32, 55, 55},
}

// byFirst has the forms by the first byte of their prefix.
var byFirst = func() (t [256][]form) {
	for _, f := range forms {
		t[f.prefix[0]] = append(t[f.prefix[0]], f)
	}
	return t
}()
