mod ledger;
mod pages;
mod samples;
mod words;
