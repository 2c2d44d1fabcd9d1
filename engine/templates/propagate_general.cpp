{# USES_VARIABLES { N_pre, N_post } #}
{% extends 'common_group.cpp' %}
{% block extra_headers %}
#include <limits>
{% endblock %}
{% block maincode %}
    {% set T = c_data_type(_target.dtype) %}
    {% set to = 'pre' if _backwards else 'post' %}
    {% set from = 'post' if _backwards else 'pre' %}
    const size_t _vectorisation_idx = -1;
    {{scalar_code|autoindent}}
    for (int _trial = 0; _trial < {{_trials}}; _trial++)
    for (int _{{to}} = 0; _{{to}} < N_{{to}}; _{{to}}++)
    {
        {{T}} _result = {{ '0' if _reduce == 'sum' else '-std::numeric_limits<' + T + '>::infinity()' }};
        const int _{{to}}_idx = _trial * N_{{to}} + _{{to}};
        for (int _{{from}} = 0; _{{from}} < N_{{from}}; _{{from}}++)
        {
            const int _{{from}}_idx = _trial * N_{{from}} + _{{from}};
            const int _idx = _pre * N_post + _post, _transposed_idx = _post * N_pre + _pre;
            const size_t _vectorisation_idx = _idx;
            {{vector_code|autoindent}}
{% if _reduce == 'sum' %}
            _result += _value;
{% else %}
            // A NaN is kept, as NumPy keeps it.
            if (_value > _result || _value != _value) _result = _value;
{% endif %}
        }
        {{get_array_name(_target)}}[_{{to}}_idx] = _result;
    }
{% endblock %}
