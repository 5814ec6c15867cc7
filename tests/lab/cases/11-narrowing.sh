# shellcheck shell=bash
# Fewer DCs, other names for the first one, other paces: the same facts.

new_account 1 svc-nar HTTP/narrow
lab sync

reference() { scan 0 "${FROM_DC1[@]}"; all_spns >"$W/reference"; }
# only HOST...: those were read whole, and no other.
only() {
  local host
  for host in "$@"; do rows 1 dcs dc="$host" status=ok complete=yes; done
  rows $# dcs complete=yes
  clean_views
  rows 1 spns spn=HTTP/narrow account=svc-nar seen_by_all=yes
}
fresh() { rm -f "$DB"; scan "$@"; }

exclude_one() { fresh 0 "${FROM_DC1[@]}" --exclude dc2.corp.example; only dc1.corp.example dc3.corp.example; }
exclude_two() { fresh 0 "${FROM_DC1[@]}" --exclude dc2.corp.example --exclude DC3.corp.example; only dc1.corp.example; }
one_site() { fresh 0 "${FROM_DC1[@]}" --site Branch; only dc3.corp.example; }
other_site() { fresh 0 "${FROM_DC1[@]}" --site Default-First-Site-Name; only dc1.corp.example dc2.corp.example; }
no_such_site() { spn scan "${FROM_DC1[@]}" --db "$W/none.db" --site Nowhere; want_rc 3; want_one_error_line; want_err Nowhere; }
given_only() {
  fresh 0 -s dc2.corp.example --dc dc2.corp.example=10.61.7.12 --no-locate
  only dc2.corp.example
  rows 1 dcs
}
two_given_only() {
  fresh 0 -s dc3.corp.example --dc dc2.corp.example=10.61.7.12 --dc dc3.corp.example=10.61.7.13:389:3268 --no-locate
  only dc2.corp.example dc3.corp.example
  rows 2 dcs
}
same_as_reference() {
  rows 3 dcs status=ok complete=yes 'dc~^dc[123]\.corp\.example$'
  all_spns >"$W/these"
  cmp -s "$W/reference" "$W/these" || fail 'other SPNs than by the full name'
}
by_address() { fresh 0 -s 10.61.7.11; same_as_reference; }
by_address_tls() {
  fresh 0 -s 10.61.7.12 --bind simple --user reader@corp.example --password-file "$LAB/client/reader.password" \
    --tls ldaps --ca-file "$LAB/client/ca.pem"
  same_as_reference
}
by_short_name() { fresh 0 -s dc1; same_as_reference; }
by_upper_case() { fresh 0 -s DC2.CORP.EXAMPLE; same_as_reference; }
by_upper_domain() { fresh 0 -d CORP.EXAMPLE; same_as_reference; }
one_job() { fresh 0 "${FROM_DC1[@]}" --jobs 1; same_as_reference; }
page_of_one() { fresh 0 "${FROM_DC1[@]}" --page-size 1; same_as_reference; }
progress() { fresh 0 "${FROM_DC1[@]}" --progress; [ -s "$W/err" ] || fail 'no progress on stderr'; want_no_out .; }
quiet() { fresh 0 "${FROM_DC1[@]}" --quiet; want_quiet; }

check 'reference' reference
check '--exclude' exclude_one
check '--exclude twice, in other case' exclude_two
check '--site of one DC' one_site
check '--site of two DCs' other_site
check '--site that is none' no_such_site
check '--no-locate' given_only
check '--no-locate with two DCs' two_given_only
check 'an address to start from' by_address
check 'an address to start from, LDAPS' by_address_tls
check 'a short name to start from' by_short_name
check 'an upper-case name to start from' by_upper_case
check 'an upper-case domain' by_upper_domain
check '--jobs 1' one_job
check '--page-size 1' page_of_one
check '--progress' progress
check '--quiet' quiet
