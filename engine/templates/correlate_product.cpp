{# USES_VARIABLES { N_pre, N_post } #}
{% extends 'common_group.cpp' %}
{% block extra_headers %}
#include "dense_engine.h"
{% endblock %}
{% block maincode %}
    {% set T = c_data_type(_into.dtype) %}
    const size_t _vectorisation_idx = -1;
{% for side, plain in (('pre', _plain_pre), ('post', _plain_post)) %}
{% if plain %}
    const {{T}}* _source_{{side}} = {{get_array_name(plain)}};
{% else %}
    static std::vector<{{T}}> _buffer_{{side}}({{_trials}} * N_{{side}});
    {
        {{scalar_code[side]|autoindent}}
        for (int _{{side}}_idx = 0; _{{side}}_idx < {{_trials}} * N_{{side}}; _{{side}}_idx++)
        {
            const size_t _vectorisation_idx = _{{side}}_idx;
            {{vector_code[side]|autoindent}}
            _buffer_{{side}}[_{{side}}_idx] = _signal_{{side}};
        }
    }
    const {{T}}* _source_{{side}} = _buffer_{{side}}.data();
{% endif %}
{% endfor %}
{% if _fused %}
    {{scalar_code['update']|autoindent}}
    // The sums of some rows of synapses are in the cache: there they are used, and not stored.
{% set one = _trials == 1 and not _written %}
    const auto _update = [&](const int64_t _begin, const int64_t _end,
                             {{'const dense_engine::Outer<' + T + '>' if one else T + '* const __restrict'}} _sums) {
{% for variable in _rows %}
        {{T}}* __restrict const _row_{{loop.index}} = {{get_array_name(variable)}} + _begin;
{% endfor %}
        const auto {{get_array_name(_into)}} = _sums;
{% for variable in _rows %}
        {{T}}* __restrict const {{get_array_name(variable)}} = _row_{{loop.index}};
{% endfor %}
        #pragma GCC ivdep
        for (int64_t _idx = 0; _idx < _end - _begin; _idx++)
        {
            const size_t _vectorisation_idx = _idx;
            {{vector_code['update']|autoindent}}
        }
    };
{% if one %}
    dense_engine::correlate_one<{{T}}, {{'true' if _sparse else 'false'}}>(
        N_pre, N_post, _source_pre, _source_post, _update);
{% else %}
    dense_engine::correlate_and<{{T}}>({{_trials}}, N_pre, N_post, _source_pre, _source_post, _update);
{% endif %}
{% else %}
    dense_engine::correlate<{{T}}>(
        {{_trials}}, N_pre, N_post, _source_pre, _source_post, {{get_array_name(_into)}});
{% endif %}
{% endblock %}
